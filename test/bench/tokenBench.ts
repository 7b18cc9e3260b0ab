import { readFileSync } from 'node:fs';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { modelId } from '../../src/domain/ids';
import { TokenEncoding } from '../../src/infrastructure/tokens/tokenEncoding';
import { WorkerTokenCounter } from '../../src/infrastructure/tokens/workerTokenCounter';
import { SeededRandom } from '../faults/seededRandom';
import { collectGarbage } from '../support/garbage';
import type { BenchRow } from './benchTable';
import { measured, timed } from './measure';

/** The most that can be typed. */
const CHARACTERS = 32_000;
const RUNS = 15;
const PEER_RUNS = 3;
const PEER_LIMIT_MS = 5_000;
/** js-tiktoken's time grows with the square of a run: so many characters tell what all would take. */
const PROBE_CHARACTERS = 2_000;
const GOAL = { atMostMs: 50 };
const PEER = 'js-tiktoken';
const ENCODINGS = [
  { name: 'o200k_base', tables: o200k, model: modelId('openai/gpt-4o') },
  { name: 'cl100k_base', tables: cl100k, model: modelId('openai/gpt-4') },
] as const;

const repeated = (text: string): string =>
  text
    .repeat(Math.ceil(CHARACTERS / text.length))
    .slice(0, CHARACTERS)
    .toWellFormed();

function randomSigns(from: number, to: number): string {
  const random = new SeededRandom(1);
  let text = '';
  while (text.length < CHARACTERS) text += String.fromCodePoint(random.between(from, to));
  return text.slice(0, CHARACTERS);
}

/** What people type, and what hurts one part or another: the pattern, the merging, the number of pieces. */
const CLASSES: Readonly<Record<string, () => string>> = {
  prose: () => repeated(readFileSync('README.md', 'utf8')),
  code: () => repeated(readFileSync('src/application/turn/planner.ts', 'utf8')),
  'one letter': () => repeated('X'),
  'random letters': () => randomSigns(0x61, 0x7a),
  spaces: () => repeated(' '),
  'line ends': () => repeated('\n'),
  'one sign': () => repeated('!'),
  'random punctuation': () => randomSigns(0x21, 0x2f),
  digits: () => randomSigns(0x30, 0x39),
  'a character a piece': () => repeated('1a'),
  'one ideograph': () => repeated('日'),
  'random ideographs': () => randomSigns(0x4e00, 0x9fff),
  'random Hangul': () => randomSigns(0xac00, 0xd7a3),
  emoji: () => randomSigns(0x1f300, 0x1f64f),
  'joined emoji': () => repeated('👩‍👩‍👧‍👦'),
  'combining marks': () => randomSigns(0x300, 0x36f),
  'lone surrogates': () => '\ud800'.repeat(CHARACTERS),
  mixed: () => repeated('Xx 日😀é1!\n\u0301'),
};

/** Counting on the worker thread, there and back, with warm encodings; each run counts a text that it has not seen. */
export async function tokenRows(workerPath: string): Promise<readonly BenchRow[]> {
  const counter = new WorkerTokenCounter(workerPath, { info: console.log, warn: console.warn, error: console.error });
  const rows: BenchRow[] = [];
  let worstMs = 0;
  for (const { name, tables, model } of ENCODINGS) {
    const peer = new Tiktoken(tables);
    for (const [what, textOf] of Object.entries(CLASSES)) {
      const text = textOf();
      const samplesMs: number[] = [];
      // The first run warms up.
      for (let run = 0; run <= RUNS; run++)
        samplesMs.push(await timed(() => counter.count([`${run} ${text}`.slice(0, CHARACTERS)], model)));
      const warmMs = samplesMs.slice(1);
      worstMs = Math.max(worstMs, ...warmMs);
      const peerMs = await peerSamples(peer, text);
      const title = `counting ${CHARACTERS.toLocaleString('en-US')} characters in ${name}: ${what}`;
      rows.push({
        what: peerMs ? title : `${title} (${PEER}: over ${PEER_LIMIT_MS / 1_000} s)`,
        ours: measured(warmMs),
        goal: GOAL,
        ...(peerMs ? { peer: { name: PEER, measured: measured(peerMs) } } : {}),
      });
    }
  }
  counter.dispose();
  const slowest: BenchRow = {
    what: `the slowest of these ${rows.length * RUNS} counts`,
    ours: measured([worstMs]),
    goal: GOAL,
  };
  return [...rows, slowest, ...(await Promise.all(ENCODINGS.map(buildRow)))];
}

/** @returns undefined where it would take too long. */
async function peerSamples(peer: Tiktoken, text: string): Promise<readonly number[] | undefined> {
  const encode = (part: string): Promise<number> => timed(() => peer.encode(part, [], []));
  const probeMs = await encode(text.slice(0, PROBE_CHARACTERS));
  if (probeMs * (CHARACTERS / PROBE_CHARACTERS) ** 2 > PEER_LIMIT_MS) return undefined;
  const samplesMs: number[] = [];
  for (let run = 0; run < PEER_RUNS; run++) samplesMs.push(await encode(text));
  return samplesMs;
}

async function buildRow({ name, tables }: (typeof ENCODINGS)[number]): Promise<BenchRow> {
  const times = async (build: () => unknown): Promise<number[]> => {
    const samplesMs: number[] = [];
    for (let run = 0; run < PEER_RUNS; run++) samplesMs.push(await timed(build));
    return samplesMs;
  };
  const ours = measured(await times(() => new TokenEncoding(tables)));
  const peer = measured(await times(() => new Tiktoken(tables)));
  const memory = `${megabytesOf(() => new TokenEncoding(tables))} MB in memory, ${PEER} ${megabytesOf(() => new Tiktoken(tables))} MB`;
  return { what: `building ${name} (${memory})`, ours, peer: { name: PEER, measured: peer } };
}

/** Megabytes that stay in memory with what is built. */
function megabytesOf(build: () => unknown): string {
  const used = (): number => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const kept = [build()];
  const megabytes = (used() - before) / 1e6;
  kept.pop();
  return megabytes.toFixed(1);
}
