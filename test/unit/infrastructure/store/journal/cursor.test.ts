import assert from 'node:assert/strict';
import { type Damage, JournalCursor, type JournalEnd } from '../../../../../src/infrastructure/store/journal/cursor';
import {
  type Frame,
  MAX_FRAME_BYTES,
  encodeFileHeader,
  encodeFrame,
  findFrame,
  lengthWithoutZeros,
} from '../../../../../src/infrastructure/store/journal/frame';
import { MemoryJournalFiles, systemError } from './memoryJournalFiles';

const WRITER = '0'.repeat(32);
const NAME = `j-${WRITER}.log`;
const TEXTS = ['["first"]', '["zweites, mit Ümläuten und 🧪"]', '[]', '["fourth"]'];

const frameOf = (seq: number, json: string, writer = WRITER): Buffer =>
  encodeFrame({ writer, seq, lamport: seq + 1, schema: 1 }, json);

const FRAMES = TEXTS.map((text, seq) => frameOf(seq, text));
const JOURNAL = Buffer.concat([encodeFileHeader(), ...FRAMES]);
/** Offsets behind the header and behind each frame. */
const BORDERS = FRAMES.reduce(
  (ends, frame) => [...ends, (ends.at(-1) ?? 0) + frame.length],
  [encodeFileHeader().length],
);

async function readAll(cursor: JournalCursor): Promise<readonly Frame[]> {
  await cursor.refresh();
  const frames: Frame[] = [];
  for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch()) frames.push(...batch);
  return frames;
}

interface Reading {
  readonly texts: readonly string[];
  readonly end: JournalEnd;
  readonly offset: number;
  readonly damages: readonly Damage[];
}

async function read(bytes: Buffer): Promise<Reading> {
  const files = new MemoryJournalFiles();
  files.put(NAME, bytes);
  const cursor = new JournalCursor(files, NAME);
  const frames = await readAll(cursor);
  return {
    texts: frames.map((frame) => frame.eventsJson.toString('utf8')),
    end: cursor.end,
    offset: cursor.position.offset,
    damages: cursor.damages,
  };
}

/** As a writer leaves it behind its last frame. */
const RESERVE = Buffer.alloc(20_000);

/** A file that is read as the first of these contents once, and then as the second. */
class ChangingFiles extends MemoryJournalFiles {
  constructor(private readonly contents: readonly [Buffer, Buffer]) {
    super();
    this.put(NAME, contents[0]);
  }

  next(): void {
    this.put(NAME, this.contents[1]);
  }

  override async read(name: string, position: number, length: number): Promise<Buffer> {
    const bytes = await super.read(name, position, length);
    this.next();
    return bytes;
  }
}

describe('JournalCursor', () => {
  it('reads a whole journal', async () => {
    assert.deepEqual(await read(JOURNAL), {
      texts: TEXTS,
      end: { kind: 'whole' },
      offset: JOURNAL.length,
      damages: [],
    });
  });

  it('reads the exact prefix of a journal cut at any byte, and reports a cut tail', async () => {
    for (let length = 0; length < JOURNAL.length; length++) {
      const { texts, end } = await read(JOURNAL.subarray(0, length));
      const whole = BORDERS.filter((border) => border <= length).length - 1;
      assert.deepEqual(texts, TEXTS.slice(0, Math.max(0, whole)), `cut at ${length}`);
      const onBorder = length === 0 || BORDERS.includes(length);
      assert.equal(end.kind, onBorder ? 'whole' : 'cutTail', `cut at ${length}`);
    }
  });

  it('returns every frame but the damaged one, whichever bit is flipped, and locates the damage', async () => {
    for (let bit = 0; bit < JOURNAL.length * 8; bit++) {
      const flipped = Buffer.from(JOURNAL);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const { texts, end, damages } = await read(flipped);
      const hit = BORDERS.filter((border) => border <= bit >> 3).length - 1;
      assert.deepEqual(
        texts,
        TEXTS.filter((_, i) => i !== hit),
        `bit ${bit}`,
      );
      if (hit < TEXTS.length - 1) {
        assert.deepEqual(damages, [{ from: BORDERS[hit] ?? 0, to: BORDERS[hit + 1] }], `bit ${bit}`);
        assert.deepEqual(end, { kind: 'whole' }, `bit ${bit}`);
      } else {
        assert.deepEqual(end, { kind: 'damaged', offset: BORDERS.at(-2), to: JOURNAL.length }, `bit ${bit}`);
      }
    }
  });

  it('continues behind any number of damaged bytes, in files larger than one search', async () => {
    const large = JSON.stringify(['x'.repeat(9_000_000)]);
    const frames = [
      frameOf(0, '[0]'),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((seq) => frameOf(seq, large)),
      frameOf(10, '[10]'),
    ];
    const bytes = Buffer.concat([encodeFileHeader(), ...frames]);
    const from = encodeFileHeader().length + (frames[0]?.length ?? 0);
    bytes.fill(0xa5, from, bytes.length - (frames.at(-1)?.length ?? 0));
    const { texts, end, damages } = await read(bytes);
    assert.deepEqual(
      [texts, end, damages],
      [['[0]', '[10]'], { kind: 'whole' }, [{ from, to: bytes.length - (frames.at(-1)?.length ?? 0) }]],
    );
  });

  it('accepts zeros behind the last frame as a reserve, and stops at garbage', async () => {
    for (const length of [1, 7, 8, 9, 100, 4095, 4096, 4097, 70_000_000]) {
      const zeros = await read(Buffer.concat([JOURNAL, Buffer.alloc(length)]));
      assert.deepEqual(zeros, { texts: TEXTS, end: { kind: 'whole' }, offset: JOURNAL.length, damages: [] });
    }
    for (const length of [1, 7, 8, 9, 100, 4096]) {
      const garbage = await read(Buffer.concat([JOURNAL, Buffer.alloc(length, 0xa5)]));
      assert.deepEqual(garbage.texts, TEXTS);
      assert.notEqual(garbage.end.kind, 'whole');
    }
  });

  it('reads the exact prefix of a reserve that was written up to any byte, and reports a cut tail', async () => {
    for (let length = encodeFileHeader().length; length < JOURNAL.length; length++) {
      const { texts, end } = await read(Buffer.concat([JOURNAL.subarray(0, length), RESERVE]));
      const border = BORDERS.findLastIndex((each) => each <= length);
      assert.deepEqual(texts, TEXTS.slice(0, border), `cut at ${length}`);
      const to = lengthWithoutZeros(JOURNAL.subarray(0, length));
      const expected: JournalEnd =
        length === BORDERS[border] ? { kind: 'whole' } : { kind: 'cutTail', offset: BORDERS[border] ?? 0, to };
      assert.deepEqual(end, expected, `cut at ${length}`);
    }
  });

  it('reports a damaged last frame as damage, whichever bit is flipped before a reserve', async () => {
    const from = BORDERS.at(-2) ?? 0;
    for (let bit = from * 8; bit < JOURNAL.length * 8; bit++) {
      const flipped = Buffer.concat([JOURNAL, RESERVE]);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const { texts, end, damages } = await read(flipped);
      assert.deepEqual(
        [texts, end, damages],
        [TEXTS.slice(0, -1), { kind: 'damaged', offset: from, to: JOURNAL.length }, [{ from, to: JOURNAL.length }]],
        `bit ${bit}`,
      );
    }
  });

  it('reports a frame with a hole as damage, because no interrupted write leaves one', async () => {
    const from = BORDERS.at(-2) ?? 0;
    for (const [start, end] of [
      [from, from + 4],
      [from, from + 20],
      [from + 30, from + 31],
    ] as const) {
      const bytes = Buffer.concat([JOURNAL, RESERVE]).fill(0, start, end);
      assert.deepEqual((await read(bytes)).end, { kind: 'damaged', offset: from, to: JOURNAL.length });
    }
  });

  it('identifies files that are no journals', async () => {
    assert.deepEqual((await read(Buffer.alloc(0))).end, { kind: 'whole' });
    assert.deepEqual((await read(Buffer.from('SQLite format 3\0 and more'))).end, { kind: 'foreign' });
    assert.deepEqual((await read(Buffer.from('x'))).end, { kind: 'foreign' });
    const inTextMode = await read(Buffer.from(JOURNAL.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
    assert.deepEqual(
      [inTextMode.texts, inTextMode.damages],
      [TEXTS, [{ from: 0, to: encodeFileHeader().length - 1 }]],
      'frames prove whose file it is',
    );
  });

  it('reports a frame in the wrong place as damage', async () => {
    const header = encodeFileHeader();
    const [zero, one, two] = [frameOf(0, '[0]'), frameOf(1, '[1]'), frameOf(2, '[2]')];
    const border = header.length + zero.length;
    const gap = await read(Buffer.concat([header, zero, two]));
    assert.deepEqual([gap.texts, gap.damages], [['[0]', '[2]'], [{ from: border, to: border }]]);
    const stranger = frameOf(1, '[1]', 'other');
    const fused = await read(Buffer.concat([header, zero, stranger, one]));
    assert.deepEqual([fused.texts, fused.damages], [['[0]', '[1]'], [{ from: border, to: border + stranger.length }]]);
    const twice = await read(Buffer.concat([header, zero, zero, one]));
    assert.deepEqual([twice.texts, twice.damages], [['[0]', '[1]'], [{ from: border, to: border + zero.length }]]);
    const atEnd = await read(Buffer.concat([header, zero, stranger]));
    assert.deepEqual(
      [atEnd.texts, atEnd.end],
      [['[0]'], { kind: 'damaged', offset: border, to: border + stranger.length }],
    );
  });

  it('waits for the rest of a growing file and continues where it stopped', async () => {
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

  it('waits for the rest of a frame in a reserve, although the file’s length does not change', async () => {
    const files = new MemoryJournalFiles();
    const cursor = new JournalCursor(files, NAME);
    const texts: string[] = [];
    for (let length = encodeFileHeader().length; length <= JOURNAL.length; length++) {
      files.put(NAME, Buffer.concat([JOURNAL.subarray(0, length), Buffer.alloc(JOURNAL.length + 1000 - length)]));
      texts.push(...(await readAll(cursor)).map((frame) => frame.eventsJson.toString('utf8')));
      assert.equal(
        texts.length,
        BORDERS.findLastIndex((border) => border <= length),
        `at ${length}`,
      );
    }
    assert.deepEqual([texts, cursor.end, cursor.damages], [TEXTS, { kind: 'whole' }, []]);
  });

  it('reads twice before it skips anything, because a write may be in progress', async () => {
    const from = BORDERS[2] ?? 0;
    for (const to of [from + 1, from + 8, from + 20, BORDERS[3] ?? 0]) {
      const early = Buffer.concat([JOURNAL, RESERVE]).fill(0, from, to);
      const files = new ChangingFiles([early, Buffer.concat([JOURNAL, RESERVE])]);
      const cursor = new JournalCursor(files, NAME);
      const frames = await readAll(cursor);
      assert.deepEqual(
        [frames.length, cursor.end, cursor.damages],
        [TEXTS.length, { kind: 'whole' }, []],
        `zeros to ${to}`,
      );
    }
  });

  it('stops at the end of a file that its writer has just truncated', async () => {
    for (const shorter of [JOURNAL, JOURNAL.subarray(0, BORDERS[2])]) {
      const files = new ChangingFiles([Buffer.concat([JOURNAL.subarray(0, BORDERS[2]), RESERVE]), shorter]);
      const cursor = new JournalCursor(files, NAME);
      await cursor.refresh();
      files.next();
      const frames: Frame[] = [];
      for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch())
        frames.push(...batch);
      assert.deepEqual([frames.length, cursor.end], [shorter === JOURNAL ? 4 : 2, { kind: 'whole' }]);
    }
  });

  it('continues from a given position', async () => {
    const files = new MemoryJournalFiles();
    files.put(NAME, JOURNAL);
    const cursor = new JournalCursor(files, NAME, { offset: BORDERS[2] ?? 0, nextSeq: 2 });
    assert.deepEqual(
      (await readAll(cursor)).map((frame) => frame.seq),
      [2, 3],
    );
  });

  it('reads frames that are larger than one read', async () => {
    const texts = [100, 20_000, 3_000_000, 50].map((length) => JSON.stringify(['x'.repeat(length)]));
    const { texts: read_, end } = await read(
      Buffer.concat([encodeFileHeader(), ...texts.map((text, seq) => frameOf(seq, text))]),
    );
    assert.deepEqual(read_, texts);
    assert.deepEqual(end, { kind: 'whole' });
  });

  it('reports an unreadable file and retries later', async () => {
    let broken = true;
    const files = new MemoryJournalFiles((_, name) => (broken && name === 'read' ? systemError('EIO') : undefined));
    files.put(NAME, JOURNAL);
    const cursor = new JournalCursor(files, NAME);
    assert.deepEqual(await readAll(cursor), []);
    assert.deepEqual(cursor.end, { kind: 'unreadable', reason: { kind: 'diskError' } });
    broken = false;
    assert.equal((await readAll(cursor)).length, TEXTS.length);
    assert.deepEqual(cursor.end, { kind: 'whole' });
  });
});

describe('journalFrame', () => {
  it('rejects a frame above the size limit', () => {
    assert.throws(() => frameOf(0, 'x'.repeat(MAX_FRAME_BYTES)), RangeError);
  });

  it('finds the next whole frame behind damage', () => {
    const [, second = 0, third = 0] = BORDERS;
    assert.equal(findFrame(JOURNAL, second), second);
    assert.equal(findFrame(JOURNAL, second + 1), third);
    assert.equal(findFrame(JOURNAL.subarray(0, third + 3), second + 1), undefined);
  });
});
