import type * as vscode from 'vscode';
import { type ModelId, modelId } from '../domain/ids';

const KEY = 'favouriteModels';

/** The models that the user has starred, synced between machines. */
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
    const all = this.all();
    await this.memento.update(KEY, all.includes(id) ? all.filter((one) => one !== id) : [...all, id]);
  }
}
