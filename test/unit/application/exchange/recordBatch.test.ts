import assert from 'node:assert/strict';
import { RecordBatch } from '../../../../src/application/exchange/recordBatch';
import { added } from '../../infrastructure/store/storeEvents';

const MEGABYTE = 1024 * 1024;
const sized = (id: string, bytes: number) => [added('c1', id, { content: 'x'.repeat(bytes) })];

describe('records of an import', () => {
  const CASES: readonly (readonly [string, readonly number[], readonly (readonly number[])[]])[] = [
    ['small ones share a record', [1_000, 2_000, 3_000], [[0, 1, 2]]],
    ['a full record is stored', [MEGABYTE, 1_000, 1_000], [[0], [1, 2]]],
    ['what does not fit any more goes into the next', [900_000, 14.5 * MEGABYTE, 1_000], [[0], [1], [2]]],
    ['what fits nowhere is refused', [1_000, 15 * MEGABYTE, 1_000], [[0, 2]]],
  ];
  for (const [name, sizes, expected] of CASES) {
    it(name, async () => {
      const records: number[][] = [];
      const batch = new RecordBatch(async (events) => {
        assert.ok(JSON.stringify(events).length <= 15 * MEGABYTE);
        records.push(events.map((event) => (event.type === 'message.added' ? Number(event.messageId) : -1)));
      });
      for (const [at, bytes] of sizes.entries())
        assert.equal(await batch.add(sized(String(at), bytes)), bytes < 15 * MEGABYTE);
      await batch.store();
      assert.deepEqual(records, expected);
    });
  }

  it('tells that something is stored when it is, and not when it is not', async () => {
    const told: string[] = [];
    let works = false;
    const batch = new RecordBatch(async () => (works ? undefined : Promise.reject(new Error('full'))));
    batch.afterStored(() => told.push('nothing to store'));
    await batch.add(sized('1', 10));
    batch.afterStored(() => told.push('lost'));
    await assert.rejects(batch.store());
    works = true;
    await batch.add(sized('2', 10));
    batch.afterStored(() => told.push('stored'));
    assert.deepEqual(told, ['nothing to store']);
    await batch.store();
    assert.deepEqual(told, ['nothing to store', 'stored']);
  });
});
