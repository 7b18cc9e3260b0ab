import assert from 'node:assert/strict';
import { JournalCursor, type JournalEnd } from '../../../../src/infrastructure/store/journalCursor';
import { type Frame, MAX_FRAME_BYTES, encodeFileHeader, encodeFrame, findFrame } from '../../../../src/infrastructure/store/journalFrame';
import { MemoryJournalFiles, systemError } from './memoryJournalFiles';

const NAME = `j-${'0'.repeat(32)}.log`;
const TEXTS = ['["first"]', '["zweites, mit Ümläuten und 🧪"]', '[]', '["fourth"]'];

const frameOf = (seq: number, json: string, writer = 'w'): Buffer =>
  encodeFrame({ writer, seq, lamport: seq + 1, schema: 1, opId: `op-${seq}` }, json);

const FRAMES = TEXTS.map((text, seq) => frameOf(seq, text));
const JOURNAL = Buffer.concat([encodeFileHeader(), ...FRAMES]);
/** Offsets behind the header and behind each frame. */
const BORDERS = FRAMES.reduce((ends, frame) => [...ends, (ends.at(-1) ?? 0) + frame.length], [encodeFileHeader().length]);

async function readAll(cursor: JournalCursor): Promise<readonly Frame[]> {
  await cursor.refresh();
  const frames: Frame[] = [];
  for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch()) frames.push(...batch);
  return frames;
}

async function read(bytes: Buffer): Promise<{ readonly texts: readonly string[]; readonly end: JournalEnd; readonly offset: number }> {
  const files = new MemoryJournalFiles();
  files.put(NAME, bytes);
  const cursor = new JournalCursor(files, NAME);
  const frames = await readAll(cursor);
  return { texts: frames.map((frame) => frame.eventsJson.toString('utf8')), end: cursor.end, offset: cursor.position.offset };
}

describe('JournalCursor', () => {
  it('reads a whole journal', async () => {
    assert.deepEqual(await read(JOURNAL), { texts: TEXTS, end: { kind: 'whole' }, offset: JOURNAL.length });
  });

  it('reads the exact prefix of a journal cut at any byte, and calls the cut a torn tail', async () => {
    for (let length = 0; length < JOURNAL.length; length++) {
      const { texts, end } = await read(JOURNAL.subarray(0, length));
      const whole = BORDERS.filter((border) => border <= length).length - 1;
      assert.deepEqual(texts, TEXTS.slice(0, Math.max(0, whole)), `cut at ${length}`);
      const onBorder = length === 0 || BORDERS.includes(length);
      assert.equal(end.kind, onBorder ? 'whole' : 'tornTail', `cut at ${length}`);
    }
  });

  it('never gives a wrong frame, whichever bit is flipped', async () => {
    for (let bit = 0; bit < JOURNAL.length * 8; bit++) {
      const flipped = Buffer.from(JOURNAL);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const { texts, end } = await read(flipped);
      const hit = BORDERS.filter((border) => border <= bit >> 3).length - 1;
      assert.deepEqual(texts, TEXTS.slice(0, Math.max(0, hit)), `bit ${bit}`);
      assert.notEqual(end.kind, 'whole', `bit ${bit}`);
      if (hit >= 0 && hit < TEXTS.length - 1) assert.deepEqual(end, { kind: 'damaged', offset: BORDERS[hit], framesBehind: true }, `bit ${bit}`);
    }
  });

  it('stops at zeros and at garbage behind the last frame', async () => {
    for (const length of [1, 7, 8, 9, 100, 4096]) {
      const zeros = await read(Buffer.concat([JOURNAL, Buffer.alloc(length)]));
      assert.deepEqual(zeros, { texts: TEXTS, end: { kind: 'tornTail', offset: JOURNAL.length }, offset: JOURNAL.length });
      const garbage = await read(Buffer.concat([JOURNAL, Buffer.alloc(length, 0xa5)]));
      assert.deepEqual(garbage.texts, TEXTS);
      assert.notEqual(garbage.end.kind, 'whole');
    }
  });

  it('says what a file is that is no journal', async () => {
    assert.deepEqual((await read(Buffer.alloc(0))).end, { kind: 'whole' });
    assert.deepEqual((await read(Buffer.from('SQLite format 3\0 and more'))).end, { kind: 'foreign' });
    assert.deepEqual((await read(Buffer.from('x'))).end, { kind: 'foreign' });
    assert.deepEqual((await read(Buffer.from(JOURNAL.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))).end, { kind: 'foreign' });
  });

  it('takes a frame out of its place for damage', async () => {
    const header = encodeFileHeader();
    const gap = await read(Buffer.concat([header, frameOf(0, '[0]'), frameOf(2, '[2]')]));
    assert.deepEqual([gap.texts, gap.end.kind], [['[0]'], 'damaged']);
    const stranger = await read(Buffer.concat([header, frameOf(0, '[0]'), frameOf(1, '[1]', 'other')]));
    assert.deepEqual([stranger.texts, stranger.end.kind], [['[0]'], 'damaged']);
  });

  it('waits for the rest of a growing file and goes on where it stopped', async () => {
    const files = new MemoryJournalFiles();
    const cursor = new JournalCursor(files, NAME);
    const texts: string[] = [];
    for (let length = 0; length <= JOURNAL.length; length++) {
      files.put(NAME, JOURNAL.subarray(0, length));
      texts.push(...(await readAll(cursor)).map((frame) => frame.eventsJson.toString('utf8')));
      assert.equal(texts.length, Math.max(0, BORDERS.filter((border) => border <= length).length - 1));
    }
    assert.deepEqual(texts, TEXTS);
    assert.deepEqual(cursor.end, { kind: 'whole' });
  });

  it('continues from a given position', async () => {
    const files = new MemoryJournalFiles();
    files.put(NAME, JOURNAL);
    const cursor = new JournalCursor(files, NAME, { offset: BORDERS[2] ?? 0, nextSeq: 2 });
    assert.deepEqual((await readAll(cursor)).map((frame) => frame.seq), [2, 3]);
  });

  it('reads frames that are larger than one read', async () => {
    const texts = [100, 20_000, 3_000_000, 50].map((length) => JSON.stringify(['x'.repeat(length)]));
    const { texts: read_, end } = await read(Buffer.concat([encodeFileHeader(), ...texts.map((text, seq) => frameOf(seq, text))]));
    assert.deepEqual(read_, texts);
    assert.deepEqual(end, { kind: 'whole' });
  });

  it('calls a file that cannot be read unreadable and tries again later', async () => {
    let broken = true;
    const files = new MemoryJournalFiles((_, name) => (broken && name === 'read' ? systemError('EIO') : undefined));
    files.put(NAME, JOURNAL);
    const cursor = new JournalCursor(files, NAME);
    assert.deepEqual(await readAll(cursor), []);
    assert.deepEqual(cursor.end, { kind: 'unreadable', reason: 'the disk reported an error' });
    broken = false;
    assert.equal((await readAll(cursor)).length, TEXTS.length);
    assert.deepEqual(cursor.end, { kind: 'whole' });
  });
});

describe('journalFrame', () => {
  it('refuses a frame beyond the limit', () => {
    assert.throws(() => frameOf(0, 'x'.repeat(MAX_FRAME_BYTES)), RangeError);
  });

  it('finds the next whole frame behind damage', () => {
    const [, second = 0, third = 0] = BORDERS;
    assert.equal(findFrame(JOURNAL, second), second);
    assert.equal(findFrame(JOURNAL, second + 1), third);
    assert.equal(findFrame(JOURNAL.subarray(0, third + 3), second + 1), undefined);
  });
});
