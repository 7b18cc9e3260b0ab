import assert from 'node:assert/strict';
import { FakeMemento } from '../../support/vscodeShim';
import { modelId } from '../../../src/domain/ids';
import { FavouriteModels } from '../../../src/editor/favouriteModels';

const [A, B, C] = [modelId('vendor/a'), modelId('vendor/b'), modelId('vendor/c')] as const;

describe('favourite models', () => {
  it('keeps the order in which models were starred, and syncs it', async () => {
    const memento = new FakeMemento();
    const favourites = new FavouriteModels(memento);
    for (const id of [B, A, C, A, A]) await favourites.toggle(id);
    assert.deepEqual(favourites.all(), [B, C, A]);
    assert.deepEqual(new FavouriteModels(memento).all(), [B, C, A], 'in another window');
    assert.deepEqual(memento.syncedKeys, memento.keys());
  });

  const damaged: readonly (readonly [stored: unknown, read: readonly string[]])[] = [
    [undefined, []],
    [null, []],
    ['vendor/a', []],
    [{ 0: 'vendor/a' }, []],
    [
      ['vendor/a', 3, null, 'vendor/b'],
      ['vendor/a', 'vendor/b'],
    ],
  ];
  for (const [stored, read] of damaged) {
    it(`reads ${JSON.stringify(stored)} as ${JSON.stringify(read)}`, async () => {
      const memento = new FakeMemento();
      const favourites = new FavouriteModels(memento);
      await favourites.toggle(C);
      const [key] = memento.keys();
      await memento.update(key ?? assert.fail(), stored);
      assert.deepEqual(favourites.all(), read);
    });
  }
});
