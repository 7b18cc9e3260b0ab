import type { StoreReason } from './storeTrouble';

/**
 * Everything that can go wrong, as data. The words are made from these types in editor/words; nothing here is shown
 * as it is.
 */

/** Refused before anything was sent. Nothing was charged, and the typed text is kept. */
export type Refusal =
  | { readonly code: 'EMPTY_INPUT' }
  | { readonly code: 'INPUT_TOO_LONG'; readonly characters: number; readonly limit: number }
  /** A second send within the minimum interval: most likely a double click. */
  | { readonly code: 'TOO_SOON'; readonly waitMs: number }
  /** This conversation already has a reply streaming. */
  | { readonly code: 'BUSY' }
  | { readonly code: 'NO_KEY'; readonly origin: string }
  /**
   * The tightest limit. `spentNanoUsd`: settled and unsettled amounts, which is what the limit counts. `worstCaseNanoUsd`:
   * of the shortest useful reply.
   */
  | {
      readonly code: 'BUDGET_EXCEEDED';
      readonly period: 'day' | 'month' | 'conversation' | 'reply';
      readonly limitNanoUsd: number;
      readonly spentNanoUsd: number;
      readonly worstCaseNanoUsd: number;
    }
  /** The model's last bill was above its worst case, so limits can't be guaranteed for it. */
  | {
      readonly code: 'BUDGET_EXCEEDED';
      readonly period: 'model';
      readonly model: string;
      readonly billedNanoUsd: number;
      readonly worstCaseNanoUsd: number;
    }
  /** Part of the spending can't be read, so limits can't be guaranteed. */
  | { readonly code: 'SPEND_UNSURE'; readonly gaps: readonly SpendGap[] }
  /** `listFailure`: the price list itself could not be read, so no price is known. */
  | { readonly code: 'PRICE_UNKNOWN'; readonly model: string; readonly listFailure?: Failure }
  | { readonly code: 'CONTEXT_TOO_LONG'; readonly tokens: number; readonly limitTokens: number }
  | { readonly code: 'CIRCUIT_OPEN'; readonly waitMs: number }
  | { readonly code: 'NOT_FOUND'; readonly what: 'conversation' | 'message' | 'model' }
  /** The reply is empty, still streaming, or complete. */
  | { readonly code: 'NOTHING_TO_CONTINUE' }
  /** A title is one line of 1 to `limit` characters. */
  | { readonly code: 'TITLE_INVALID'; readonly characters: number; readonly limit: number }
  | { readonly code: 'TAGS_INVALID'; readonly problem: TagProblem }
  /** Nowhere to insert the text: no editor is open. */
  | { readonly code: 'NO_EDITOR' }
  /** A pending charge can't be settled by hand. */
  | { readonly code: 'SETTLEMENT_INVALID'; readonly problem: SettlementProblem }
  /** The message can't be stored durably, so it is not sent. */
  | { readonly code: 'STORE_READ_ONLY'; readonly reason: StoreReason };

export type TagProblem =
  | { readonly kind: 'tooMany'; readonly count: number; readonly limit: number }
  | { readonly kind: 'tooLong'; readonly tag: string; readonly limit: number }
  /** Commas separate tags in the input. */
  | { readonly kind: 'comma'; readonly tag: string };

export type SettlementProblem =
  | { readonly kind: 'notAnAmount' }
  /** Above the request's worst case. */
  | { readonly kind: 'tooHigh'; readonly limitNanoUsd: number }
  /** Settled in the meantime, or never charged. */
  | { readonly kind: 'notPending' }
  | { readonly kind: 'running' };

export type SpendGap =
  /** A journal can't be opened or read. */
  | { readonly kind: 'unreadable'; readonly journal: string; readonly reason: StoreReason }
  /** A journal is damaged, and the user has not acknowledged it. */
  | { readonly kind: 'damaged'; readonly journal: string }
  /** On a network drive, changes by other windows may become visible too late. */
  | { readonly kind: 'network' };

export type RefusalCode = Refusal['code'];

/** A request was sent and failed. What arrived before the failure is kept. */
export interface Failure {
  readonly code: FailureCode;
  /**
   * The provider's or the system's own words, cut to a safe length and free of keys; empty when it said nothing. Failures
   * stored before `reason` existed have this program's own words here.
   */
  readonly detail: string;
  /** Details that this program found out by itself. */
  readonly reason?: FailureReason;
  readonly httpStatus?: number;
  /** How long the provider asks to wait, from the moment its response arrived. */
  readonly retryAfterMs?: number;
  /** Host that the request was sent to. */
  readonly host?: string;
}

/** Errors of the connection. `code` is the error code of Node, undici or Electron. */
export const CONNECTION_PROBLEMS = [
  'nameNotResolved',
  'connectionRefused',
  'noRoute',
  'connectTimeout',
  'untrustedCertificate',
  'tlsMismatch',
  'proxyUnreachable',
  'closedBeforeTls',
  'connectionClosed',
  'connectionTimedOut',
  'badCompression',
  'notHttp',
] as const;

/** Time limits of the watchdog: for the first byte, any byte, any text, the end mark, the whole reply. */
export const TIME_LIMITS = ['noFirstByte', 'silence', 'noText', 'noEndMark', 'replyTooLong'] as const;

/** Events in UTF-16 units, replies in bytes. */
export const SIZE_LIMITS = ['eventTooLarge', 'replyTooLarge'] as const;

export const ANSWER_PROBLEMS = [
  'redirected',
  'keyNotSendable',
  'emptyAnswer',
  'noFinishReason',
  'eventCutOff',
  'eventNotJson',
  'unexpectedAnswer',
  'addressNotFound',
  'webPage',
  'answerNotJson',
  'noModelList',
  'noKeyInfo',
  'noAnswerInTime',
  'requestCancelled',
  'connectionUnreadable',
  'internalError',
] as const;

/** Stored in journals and exports: kinds may be added, never renamed. */
export type FailureReason =
  | { readonly kind: (typeof CONNECTION_PROBLEMS)[number]; readonly code: string }
  | { readonly kind: (typeof TIME_LIMITS)[number]; readonly limitMs: number }
  | { readonly kind: (typeof SIZE_LIMITS)[number]; readonly limit: number }
  | { readonly kind: (typeof ANSWER_PROBLEMS)[number] };

/** Failure of a reply that a crash interrupted, for which none was recorded. */
export const INTERRUPTED_BY_CRASH: Failure = { code: 'TRUNCATED', detail: '' };

export type FailureCode =
  /** 401: the key is wrong, deleted or missing. */
  | 'AUTH'
  /** 402: the account's balance does not cover the request. */
  | 'CREDITS'
  /** 402 or 403: the key's own limit at the provider is spent. */
  | 'KEY_LIMIT'
  /** 402 with a wait: other running requests have reserved the balance. */
  | 'IN_FLIGHT'
  | 'RATE_LIMIT'
  /** 429 that lasts until the next day. */
  | 'DAILY_QUOTA'
  | 'MODERATION'
  | 'CONTEXT_TOO_LONG'
  | 'MODEL_NOT_FOUND'
  | 'BAD_REQUEST'
  | 'OVERLOADED'
  /** No first byte in time. */
  | 'TIMEOUT'
  /** The reply started and then no more data arrived. */
  | 'STALLED'
  /** DNS, refused, reset, TLS, proxy. */
  | 'NETWORK'
  /** The connection ended without the reply's end marker. */
  | 'TRUNCATED'
  /** The response does not follow the protocol: HTML, a redirect, broken JSON, an oversized event. */
  | 'PROTOCOL'
  /** The provider reported an internal error. */
  | 'UPSTREAM'
  | 'BUDGET_EXCEEDED';

/** Thrown by use cases when they refuse; carries data, no words. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}
