import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StoreEvent } from '../../src/domain/storeEvent';
import { encodeFileHeader, encodeFrame } from '../../src/infrastructure/store/journal/frame';
import { journalName } from '../../src/infrastructure/store/journal/files';
import { added, created, ended, appended, shell } from '../unit/infrastructure/store/storeEvents';

/**
 * Makes the damaged stores of the corpus: `node --import tsx test/faults/corpusStores.ts`. A store that is there is
 * left as it is, because the corpus is what earlier versions have written; its content is listed in expected.json.
 */
const CORPUS = path.join(__dirname, '..', 'fixtures', 'stores');
const WRITER_A = 'a'.repeat(32);
const WRITER_B = 'b'.repeat(32);
/** Of the events below, whatever the program's own is by now. */
const SCHEMA = 2;

/** What two windows wrote by turns: a question each, and a reply in pieces. */
const COMMITS_A: readonly (readonly StoreEvent[])[] = [
  [created('c1', { title: 'Of window A' })],
  [added('c1', 'm1'), shell('c1', 'm2', 'm1')],
  [appended('c1', 'm2', 0, 'Everything '), appended('c1', 'm2', 11, 'that matters')],
  [ended('c1', 'm2')],
  [added('c1', 'm3')],
];
const COMMITS_B: readonly (readonly StoreEvent[])[] = [
  [created('c2', { runNumber: 2, title: 'Of window B' })],
  [added('c2', 'n1')],
  [added('c2', 'n2')],
];

const framesOf = (
  writer: string,
  commits: readonly (readonly StoreEvent[])[],
  firstLamport: number,
): readonly Buffer[] =>
  commits.map((events, seq) =>
    encodeFrame({ writer, seq, lamport: firstLamport + seq, schema: SCHEMA }, JSON.stringify(events)),
  );

const HEADER = encodeFileHeader();
const A = framesOf(WRITER_A, COMMITS_A, 1);
const B = framesOf(WRITER_B, COMMITS_B, 10);
const WHOLE_A = Buffer.concat([HEADER, ...A]);
const WHOLE_B = Buffer.concat([HEADER, ...B]);
const NAME_A = journalName(WRITER_A);
const NAME_B = journalName(WRITER_B);

/** The journal with other bytes in place of its frame n. */
const withFrame = (n: number, change: (frame: Buffer) => Buffer): Buffer =>
  Buffer.concat([HEADER, ...A.map((frame, i) => (i === n ? change(Buffer.from(frame)) : frame))]);

function flipped(frame: Buffer, at: number): Buffer {
  frame.writeUInt8(frame.readUInt8(at) ^ 0x10, at);
  return frame;
}

const newer = encodeFrame({ writer: WRITER_B, seq: 0, lamport: 20, schema: 999 }, '[{"type":"conversation.painted"}]');

const STORES: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
  'cut-end': { [NAME_A]: WHOLE_A.subarray(0, WHOLE_A.length - 40), [NAME_B]: WHOLE_B },
  'cut-in-header': { [NAME_A]: WHOLE_A.subarray(0, 7), [NAME_B]: WHOLE_B },
  'empty-journal': { [NAME_A]: Buffer.alloc(0), [NAME_B]: WHOLE_B },
  'bit-in-the-middle': { [NAME_A]: withFrame(2, (frame) => flipped(frame, 150)), [NAME_B]: WHOLE_B },
  'bit-in-a-length': { [NAME_A]: withFrame(1, (frame) => flipped(frame, 2)), [NAME_B]: WHOLE_B },
  'first-record-gone': { [NAME_A]: withFrame(0, (frame) => Buffer.alloc(frame.length)), [NAME_B]: WHOLE_B },
  'record-missing-without-a-trace': { [NAME_A]: withFrame(1, () => Buffer.alloc(0)), [NAME_B]: WHOLE_B },
  'zeros-behind-the-end': { [NAME_A]: Buffer.concat([WHOLE_A, Buffer.alloc(4096)]), [NAME_B]: WHOLE_B },
  'copied-in-text-mode': {
    [NAME_A]: Buffer.from(WHOLE_A.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    [NAME_B]: WHOLE_B,
  },
  'twice-in-one-file': { [NAME_A]: Buffer.concat([WHOLE_A, WHOLE_A]), [NAME_B]: WHOLE_B },
  'another-journal-behind-it': { [NAME_A]: Buffer.concat([WHOLE_A, WHOLE_B]), [NAME_B]: WHOLE_B },
  'last-record-torn-and-fused': {
    [NAME_A]: Buffer.concat([WHOLE_A.subarray(0, WHOLE_A.length - 40), WHOLE_B.subarray(16)]),
    [NAME_B]: WHOLE_B,
  },
  'files-of-others': {
    [NAME_A]: Buffer.from('SQLite format 3\0'),
    [NAME_B]: WHOLE_B,
    'README.txt': Buffer.from('not ours'),
    'j-short.log': Buffer.from('x'),
  },
  'empty-snapshot': {
    [NAME_A]: WHOLE_A,
    [NAME_B]: WHOLE_B,
    [`s-${WRITER_A}.db`]: Buffer.alloc(0),
    [`s-${WRITER_A}.json`]: Buffer.alloc(0),
  },
  'manifest-without-sense': {
    [NAME_A]: WHOLE_A,
    [NAME_B]: WHOLE_B,
    [`s-${WRITER_A}.json`]: Buffer.from('{"format":1}'),
  },
  'newer-schema': { [NAME_A]: WHOLE_A, [NAME_B]: Buffer.concat([HEADER, newer]) },
};

for (const [name, files] of Object.entries(STORES)) {
  const folder = path.join(CORPUS, name);
  if (existsSync(folder)) continue;
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
  console.log(`made ${name}`);
}
