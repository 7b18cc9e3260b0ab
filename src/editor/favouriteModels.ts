import type * as vscode from 'vscode';
import { type ModelId, modelId } from '../domain/ids';

const KEY = 'favouriteModels';

/** The models that the user has starred. Settings Sync carries them to other machines. */
export class FavouriteModels {
  constructor(private readonly memento: vscode.ExtensionContext['globalState']) {
    memento.setKeysForSync([KEY]);
  }

  /** Oldest star first. */
  all(): readonly ModelId[] {
    const stored: unknown = this.memento.get(KEY);
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string').map(modelId) : [];
  }

  async toggle(id: ModelId): Promise<void> {
    const starred = this.all();
    await this.memento.update(KEY, starred.includes(id) ? starred.filter((one) => one !== id) : [...starred, id]);
  }
}
