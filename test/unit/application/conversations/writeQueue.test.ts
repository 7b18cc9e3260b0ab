import type { StoreReason } from '../../../../src/domain/storeTrouble';
import assert from 'node:assert/strict';
import { WriteQueue } from '../../../../src/application/conversations/writeQueue';
import { StoreWriteError } from '../../../../src/domain/ports/store';
import type { StoreEvent } from '../../../../src/domain/storeEvent';
import { renamed } from '../../infrastructure/store/storeEvents';

const event = (title: string): StoreEvent => renamed('c1', title);
const titleOf = (e: StoreEvent): string => (e.type === 'conversation.renamed' ? e.title : '');

/** A store that takes no record with an event titled "bad", and nothing while the disk is full. */
function aStore(): { readonly stored: string[]; full: boolean; commit(events: readonly StoreEvent[]): Promise<void> } {
  const store = {
    stored: new Array<string>(),
    full: false,
    commit(events: readonly StoreEvent[]): Promise<void> {
      if (store.full) return Promise.reject(new StoreWriteError({ kind: 'diskFull' }));
      if (events.some((e) => titleOf(e) === 'bad'))
        return Promise.reject(new StoreWriteError({ kind: 'invalidRecord' }, { unstorable: true }));
      store.stored.push(...events.map(titleOf));
      return Promise.resolve();
    },
  };
  return store;
}

describe('WriteQueue', () => {
  it('drops the one event that can never be stored, reports it, and stores the others in order', async () => {
    const store = aStore();
    const told: (StoreReason | null)[] = [];
    const queue = new WriteQueue(
      store,
      (lost) => told.push(lost),
      () => undefined,
    );
    store.full = true;
    for (const title of ['a', 'b', 'bad', 'c']) await queue.write([event(title)], true).catch(() => undefined);
    assert.equal(queue.hasUnsaved, true);
    store.full = false;
    await queue.write([event('d')], true);
    queue.cancelRetry();
    assert.deepEqual(store.stored, ['a', 'b', 'c', 'd']);
    assert.deepEqual(told, [{ kind: 'invalidRecord' }]);
    assert.equal(queue.hasUnsaved, false);
  });

  it('keeps displayed events while the disk is full, and none that were refused before', async () => {
    const store = aStore();
    const told: (StoreReason | null)[] = [];
    const queue = new WriteQueue(
      store,
      (lost) => told.push(lost),
      () => undefined,
    );
    store.full = true;
    await assert.rejects(queue.write([event('kept')], true), { reason: { kind: 'diskFull' } });
    await assert.rejects(queue.write([event('refused')], false), { reason: { kind: 'diskFull' } });
    assert.deepEqual(queue.ahead.map(titleOf), ['kept']);
    store.full = false;
    await queue.write([event('next')], false);
    queue.cancelRetry();
    assert.deepEqual(store.stored, ['kept', 'next']);
    assert.deepEqual(told, [null]);
  });
});
