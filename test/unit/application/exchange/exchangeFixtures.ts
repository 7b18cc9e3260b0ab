import { Exchange } from '../../../../src/application/exchange/exchange';
import type { ConversationId } from '../../../../src/domain/ids';
import type { StoreEvent } from '../../../../src/domain/storeEvent';
import type { JournaledConversationStore } from '../../../../src/infrastructure/store/journaledConversationStore';
import { defaultSettings } from '../../../support/testCore';
import { openStore, withFolder } from '../../infrastructure/store/storeFixtures';

export interface Place {
  readonly store: JournaledConversationStore;
  readonly exchange: Exchange;
  /** What each import told the rest of the program to read anew. */
  readonly told: ConversationId[][];
}

/** Runs the test with a real store of its own that holds `events`. */
export async function withStore(events: readonly StoreEvent[], test: (place: Place) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const store = openStore(folder);
    const told: ConversationId[][] = [];
    const exchange = new Exchange({
      store,
      settings: { current: () => defaultSettings },
      onImported: (ids) => void told.push([...ids]),
    });
    try {
      if (events.length > 0) await store.commit(events);
      await test({ store, exchange, told });
    } finally {
      await store.close();
    }
  });
}

export const nothingSkipped = { added: 0, updated: 0, unchanged: 0, remarks: [] };
