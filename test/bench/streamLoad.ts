/** What the host is put under: every reply streams at once, at the pace of a fast model. */
export const STREAMS = 50;
export const TOKENS_PER_SECOND = 100;
export const TOKENS = 1_000;

/** The question of one stream, and what is answered to it. */
export const questionOf = (stream: number): string => `stream ${stream}`;
export const tokenOf = (question: string, n: number): string => `${question.slice('stream'.length)}.${n}`;
export const replyTo = (question: string): string =>
  Array.from({ length: TOKENS }, (_, n) => tokenOf(question, n)).join('');

/** Who takes the streams in: the whole product, or a loop that only joins their text. */
export type StreamTaker = 'product' | 'floor';

/** Milliseconds, bytes, and parts of one core. */
export interface StreamResult {
  readonly complete: number;
  /** Characters that were sent and are not there. */
  readonly lostCharacters: number;
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly memory: {
    readonly heapAtRest: number;
    readonly heapAtMost: number;
    readonly rssAtRest: number;
    readonly rssAtMost: number;
  };
  readonly cpuShare: number;
  readonly tookMs: number;
  readonly posted: number;
}
