import assert from 'node:assert/strict';
import { encodeFileHeader } from '../../../../../src/infrastructure/store/journal/frame';
import { journalName } from '../../../../../src/infrastructure/store/journal/files';
import { SIGNAL_FILE, JournalSet } from '../../../../../src/infrastructure/store/journal/set';
import { MemoryJournalFiles } from './memoryJournalFiles';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const nameOf = (n: number): string => journalName(n.toString(16).padStart(32, '0'));

/** A folder with this many old journals, each a little newer than the last one, and a new change signal. */
async function openSet(count: number) {
  const files = new MemoryJournalFiles();
  for (let n = 0; n < count; n++) for (let newer = 0; newer <= n; newer++) files.put(nameOf(n), encodeFileHeader());
  await files.touch(SIGNAL_FILE);
  let nowMs = 0;
  const set = new JournalSet(files, { nowMs: () => 0, monotonicMs: () => nowMs });
  await set.all();
  await set.due();
  return {
    files,
    set,
    pass: (ms: number) => (nowMs += ms),
    due: async () => (await set.due()).map(({ name }) => name).sort(),
  };
}

describe('journals that are due', () => {
  it('after a signal are the 32 newest that existed and each new one', async () => {
    const { files, due } = await openSet(40);
    await files.touch(SIGNAL_FILE);
    const newest = Array.from({ length: 32 }, (_, n) => nameOf(n + 8));
    assert.deepEqual(await due(), newest);
    files.put(nameOf(40), encodeFileHeader());
    await files.touch(SIGNAL_FILE);
    assert.deepEqual(await due(), [...newest, nameOf(40)]);
  });

  it('without a signal are none but those of a given writer', async () => {
    const { set, due } = await openSet(40);
    for (let look = 0; look < 6; look++) await due();
    assert.deepEqual(await due(), []);
    assert.deepEqual(
      (await set.due(['0'.repeat(32)])).map(({ name }) => name),
      [nameOf(0)],
    );
  });

  it('are all of them once a minute and after a day without a write', async () => {
    const { files, pass, due } = await openSet(40);
    pass(MINUTE_MS);
    assert.equal((await due()).length, 40);
    pass(MINUTE_MS - 1);
    await files.touch(SIGNAL_FILE);
    assert.equal((await due()).length, 32);
    pass(DAY_MS);
    assert.equal((await due()).length, 40);
    await files.touch(SIGNAL_FILE);
    assert.deepEqual(await due(), [], 'who wrote nothing for a day begins another journal');
  });

  it('are those written in the last day, however many', async () => {
    const files = new MemoryJournalFiles();
    for (let n = 0; n < 40; n++) await (await files.create(nameOf(n))).close();
    await files.touch(SIGNAL_FILE);
    const set = new JournalSet(files, { nowMs: () => 0, monotonicMs: () => 0 });
    await set.due();
    await files.touch(SIGNAL_FILE);
    assert.equal((await set.due()).length, 40);
  });
});
