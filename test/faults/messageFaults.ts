import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'node:net';
import type { MessageState } from '../../src/domain/conversation';
import { HTTP_ERRORS } from '../support/emulatorErrors';
import { USAGE_SHAPES } from '../support/emulatorUsage';
import { head } from '../support/rawServer';
import type { Expected } from '../support/replyExpectation';
import { UNREACHABLE_TAG } from './budgetJobs';
import type { SeededRandom } from './seededRandom';
import { ANSWERS } from './streamAnswers';
import { DIALECTS } from './streamDialects';
import { FRAMING } from './streamFraming';
import { SSE, type StreamKind, type WireKind } from './streamKind';
import { segmentsOf } from './streamPlay';
import { WIRE } from './streamWire';

type End = Exclude<MessageState, 'streaming'>;

/** What happens to one message, and what may come of it where nothing else goes wrong. */
export interface MessageFault {
  readonly name: string;
  /** Stands in the question and tells the server what to do. */
  readonly tag: string;
  readonly ends: readonly End[];
  /** What the server sends, if it is not the usual reply to the question. */
  readonly sent?: string;
  /** Charged by an answer of fixed bytes, in nano-dollars; null: it names no price. Else the emulator knows. */
  readonly fixedBillNanoUsd?: number | null;
  /** What the person does. */
  readonly deed?: 'stop' | 'double click';
}

/** Words of the usual reply: `m17 r20 …` is 20 words that no other reply has. */
export function usualReply(question: string): string {
  const [turn = ''] = question.split(' ');
  return Array.from({ length: Number(/ r(\d+) /.exec(question)?.[1] ?? 1) }, (_, n) => `${turn}.${n}`).join(' ');
}

const ANY_END: readonly End[] = ['complete', 'interrupted', 'cancelled', 'failed'];
const BROKEN: readonly End[] = ['failed', 'interrupted'];

/** Larger bodies have faults of their own (W1). */
const SMALL_BYTES = 4_000;
/** A bill above the worst case blocks its model, which would refuse everything after it (F22). */
const HIGHEST_COST_NANO_USD = 1_000_000;

const bytesOf = (kind: StreamKind | WireKind): Uint8Array => {
  if ('wire' in kind) return Buffer.from(kind.wire);
  const body = segmentsOf(kind.body).filter((segment) => segment instanceof Uint8Array);
  return Buffer.concat([
    Buffer.from(head(`${kind.status ?? 200} Answer`, { ...(kind.headers ?? SSE), connection: 'close' })),
    ...body,
  ]);
};

function nanoUsdOf({ cost }: Expected): number | null {
  const [digits = '', scale = ''] = (cost ?? '').split('e-');
  return digits === '' ? null : Number(digits) * 10 ** (9 - Number(scale));
}

const FIXED = [
  ...FRAMING,
  ...ANSWERS,
  ...DIALECTS,
  ...WIRE.filter(({ minNode = 20 }) => Number(process.versions.node.split('.')[0]) >= minNode),
].filter((kind) => bytesOf(kind).length <= SMALL_BYTES && (nanoUsdOf(kind.expected) ?? 0) <= HIGHEST_COST_NANO_USD);

const GROUPS: readonly (readonly MessageFault[])[] = [
  Object.keys(HTTP_ERRORS).map((name) => ({
    name: `HTTP ${name}`,
    tag: `[[error:${name}]]`,
    ends: ['failed'],
    sent: '',
  })),
  ['429', '500', '502', '503', '529'].map((name) => ({
    name: `HTTP ${name} once`,
    tag: `[[error-once:${name}]]`,
    ends: ['failed', 'complete'],
  })),
  [
    { name: 'a web page', tag: '[[html]]', ends: ['failed'], sent: '' },
    { name: 'a connection cut in mid-reply', tag: '[[cut]]', ends: BROKEN },
    { name: 'an error in mid-reply', tag: '[[midstream-error]]', ends: BROKEN },
    { name: 'silence in mid-reply', tag: '[[stall]]', ends: BROKEN },
    { name: 'no text', tag: '[[empty]]', ends: ['complete'], sent: '' },
    { name: 'thinking', tag: '[[reasoning]]', ends: ['complete'] },
  ],
  USAGE_SHAPES.map((shape) => ({ name: `usage ${shape}`, tag: `[[usage:${shape}]]`, ends: ['complete'] })),
  [
    { name: 'a connection that is refused', tag: UNREACHABLE_TAG, ends: ['failed'], sent: '' },
    { name: 'a connection that is reset', tag: '[[fixed:reset]]', ends: ['failed'], sent: '', fixedBillNanoUsd: null },
    {
      name: 'silence from the beginning',
      tag: '[[fixed:silence]]',
      ends: ['failed'],
      sent: '',
      fixedBillNanoUsd: null,
    },
  ],
  FIXED.map((kind, n) => ({
    name: kind.name,
    tag: `[[fixed:${n}]]`,
    ends: kind.expected.outcome === 'complete' ? ['complete'] : BROKEN,
    sent: kind.expected.text ?? '',
    fixedBillNanoUsd: nanoUsdOf(kind.expected),
  })),
  [
    { name: 'stopped', tag: '', ends: ANY_END, deed: 'stop' },
    { name: 'stopped while nothing comes', tag: '[[stall]]', ends: ANY_END, deed: 'stop' },
  ],
  [{ name: 'a double click', tag: '', ends: ['complete'], deed: 'double click' }],
];

export const FAULT_KINDS = GROUPS.flat().length;

export const randomFault = (random: SeededRandom): MessageFault => random.pick(random.pick(GROUPS));

/** How often a request with this question is billed, the first to the `asked`-th: errors and fixed bytes never are. */
export function billsOf(question: string, asked: number): number {
  if (/\[\[(?:error:|html|fixed:)/.test(question)) return 0;
  return question.includes('[[error-once:') ? asked - 1 : asked;
}

/** A reset overtakes what is still on its way. */
const ARRIVES_MS = 50;

/** Answers of fixed bytes, for the emulator's `answerInstead`. */
export function answerFixed(question: string, socket: Socket | null): boolean {
  const wanted = /\[\[fixed:(\w+)\]\]/.exec(question)?.[1];
  if (wanted === undefined) return false;
  if (socket === null) return true;
  socket.on('error', () => undefined);
  if (wanted === 'reset') socket.resetAndDestroy();
  if (wanted === 'reset' || wanted === 'silence') return true;
  const kind = FIXED[Number(wanted)];
  if (!kind) throw new Error(`no answer for ${question}`);
  socket.write(bytesOf(kind));
  if (kind.end === undefined || kind.end === 'fin') socket.end();
  if (kind.end === 'rst') void delay(ARRIVES_MS).then(() => socket.resetAndDestroy());
  return true;
}
