import type * as vscode from 'vscode';
import { type ModelId, modelId } from '../domain/ids';

const KEY = 'favouriteModels';

/** The models that the person has starred, the same on every machine that syncs its settings. */
export class FavouriteModels {
  constructor(private readonly memento: vscode.ExtensionContext['globalState']) {
    memento.setKeysForSync([KEY]);
  }

  /** In the order in which they were starred. */
  all(): readonly ModelId[] {
    const kept: unknown = this.memento.get(KEY);
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string').map(modelId) : [];
  }

  async toggle(id: ModelId): Promise<void> {
    const kept = this.all();
    await this.memento.update(KEY, kept.includes(id) ? kept.filter((one) => one !== id) : [...kept, id]);
  }
}
