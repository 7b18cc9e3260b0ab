import assert from 'node:assert/strict';
import { modelId } from '../../../src/domain/ids';
import { FavouriteModels } from '../../../src/editor/favouriteModels';
import { FakeMemento } from '../../support/vscodeShim';

describe('FavouriteModels', () => {
  it('are kept in the order in which they were starred, and synced', async () => {
    const memento = new FakeMemento();
    const favourites = new FavouriteModels(memento);
    for (const id of ['a/1', 'b/2', 'c/3', 'b/2']) await favourites.toggle(modelId(id));
    assert.deepEqual(new FavouriteModels(memento).all(), ['a/1', 'c/3']);
    assert.deepEqual(memento.syncedKeys, ['favouriteModels']);
  });

  for (const [stored, read] of [
    [undefined, []],
    ['a/1', []],
    [{ 0: 'a/1' }, []],
    [['a/1', 7, null], ['a/1']],
  ] as const) {
    it(`read ${JSON.stringify(stored)} as ${JSON.stringify(read)}`, () => {
      const memento = new FakeMemento();
      memento.stored.set('favouriteModels', stored);
      assert.deepEqual(new FavouriteModels(memento).all(), read);
    });
  }
});
