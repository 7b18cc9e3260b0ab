import type { Expected } from '../support/replyExpectation';

/** One response of a server, and the expected result. */
export interface StreamKind {
  readonly name: string;
  /** Default 200 and an event stream that names its generation. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, as the events stand in it; between two pieces time passes. */
  readonly body: readonly BodyStep[];
  /** Default `fin`. With `silenceMs` the connection stays open, and that much time passes. */
  readonly end?: 'fin' | 'rst' | { readonly silenceMs: number };
  readonly expected: Expected;
}

export type BodyStep = string | Uint8Array | { readonly passMs: number };

/** A raw response, from the status line on, that is not a plain HTTP 200 with a body. */
export interface WireKind {
  readonly name: string;
  readonly wire: string | Uint8Array;
  readonly end?: 'fin' | 'rst' | 'stall';
  readonly expected: Expected;
  /** Older versions of Node neither fail nor end on it. */
  readonly minNode?: number;
}

export const SSE = { 'content-type': 'text/event-stream', 'x-generation-id': 'gen-1' };
export const JSON_TYPE = { 'content-type': 'application/json' };

/** One event; an object as one line of JSON. */
export const event = (data: object | string): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const chunk = (choice: object, more: object = {}): string =>
  event({ id: 'gen-1', model: 'm', provider: 'P', choices: [{ index: 0, ...choice }], ...more });

export const said = (content: string): string => chunk({ delta: { role: 'assistant', content }, finish_reason: null });
export const delta = (value: object): string => chunk({ delta: value, finish_reason: null });
export const stopped = (reason = 'stop', more: object = {}): string =>
  chunk({ delta: { content: '' }, finish_reason: reason }, more);
export const billed = (usage: object): string => event({ id: 'gen-1', model: 'm', choices: [], usage });

const TEXT = 'Hi 日🌍';
export const HI = said(TEXT);
export const STOP = stopped();
export const COST = billed({ prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 });
export const DONE = event('[DONE]');
export const COMMENT = ': OPENROUTER PROCESSING\n\n';
export const WHOLE = HI + STOP + COST + DONE;

export const complete = {
  text: TEXT,
  finish: 'stop',
  cost: '64e-6',
  usage: [9, 4, 0, 0],
  outcome: 'complete',
} as const satisfies Expected;
export const unpriced = { text: TEXT, finish: 'stop', outcome: 'complete' } as const satisfies Expected;
export const cut = { text: TEXT, outcome: 'TRUNCATED' } as const satisfies Expected;
