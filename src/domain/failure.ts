import type { StoreReason } from './storeTrouble';

/**
 * Everything that can go wrong, as data. The words a person reads are made from these in one exhaustive
 * switch (editor/failureText.ts); nothing here is shown as it is.
 */

/** Refused before anything was sent: nothing was charged, the typed text stays where it was. */
export type Refusal =
  | { readonly code: 'EMPTY_INPUT' }
  | { readonly code: 'INPUT_TOO_LONG'; readonly characters: number; readonly limit: number }
  /** A second send within the minimum interval: a double click, not a second question. */
  | { readonly code: 'TOO_SOON'; readonly waitMs: number }
  /** This conversation already has a reply streaming. */
  | { readonly code: 'BUSY' }
  | { readonly code: 'NO_KEY'; readonly origin: string }
  /**
   * The limit that leaves least. `spentNanoUsd`: settled and reserved, which is what the limit counts; `worstCaseNanoUsd`:
   * of the shortest reply that is of use.
   */
  | {
      readonly code: 'BUDGET_EXCEEDED';
      readonly period: 'day' | 'month' | 'conversation' | 'reply';
      readonly limitNanoUsd: number;
      readonly spentNanoUsd: number;
      readonly worstCaseNanoUsd: number;
    }
  /** This model's last bill was higher than the most it should have cost, so no limit can be promised with it. */
  | {
      readonly code: 'BUDGET_EXCEEDED';
      readonly period: 'model';
      readonly model: string;
      readonly billedNanoUsd: number;
      readonly worstCaseNanoUsd: number;
    }
  /** Part of what was spent cannot be seen, so a limit cannot be promised. */
  | { readonly code: 'SPEND_UNSURE'; readonly gaps: readonly SpendGap[] }
  /** `listFailure`: the price list itself could not be read, so nothing is known about any model. */
  | { readonly code: 'PRICE_UNKNOWN'; readonly model: string; readonly listFailure?: Failure }
  | { readonly code: 'CONTEXT_TOO_LONG'; readonly tokens: number; readonly limitTokens: number }
  | { readonly code: 'CIRCUIT_OPEN'; readonly waitMs: number }
  | { readonly code: 'NOT_FOUND'; readonly what: 'conversation' | 'message' | 'model' }
  /** The reply has no text, still streams, or came to its own end. */
  | { readonly code: 'NOTHING_TO_CONTINUE' }
  /** A title is one line of 1 to `limit` characters. */
  | { readonly code: 'TITLE_INVALID'; readonly characters: number; readonly limit: number }
  | { readonly code: 'TAGS_INVALID'; readonly problem: TagProblem }
  /** Text was to be inserted and no editor is open. */
  | { readonly code: 'NO_EDITOR' }
  /** A pending charge was to be settled by hand. */
  | { readonly code: 'SETTLEMENT_INVALID'; readonly problem: SettlementProblem }
  /** The store cannot take the message durably, so it is not sent. */
  | { readonly code: 'STORE_READ_ONLY'; readonly reason: StoreReason };

export type TagProblem =
  | { readonly kind: 'tooMany'; readonly count: number; readonly limit: number }
  | { readonly kind: 'tooLong'; readonly tag: string; readonly limit: number }
  /** A comma separates tags where they are typed. */
  | { readonly kind: 'comma'; readonly tag: string };

export type SettlementProblem =
  | { readonly kind: 'notAnAmount' }
  /** More than the request can have cost. */
  | { readonly kind: 'tooHigh'; readonly limitNanoUsd: number }
  /** Its bill has come meanwhile, or it was never charged. */
  | { readonly kind: 'notPending' }
  | { readonly kind: 'running' };

export type SpendGap =
  /** A journal that cannot be opened or read now. */
  | { readonly kind: 'unreadable'; readonly journal: string; readonly reason: StoreReason }
  /** Bytes of a journal are not what was written, and the person has not been told and noted it. */
  | { readonly kind: 'damaged'; readonly journal: string }
  /** On a network disk another window's writing may be seen too late. */
  | { readonly kind: 'network' };

export type RefusalCode = Refusal['code'];

/** A request went out and did not end well. What arrived before is kept. */
export interface Failure {
  readonly code: FailureCode;
  /**
   * The provider's or the system's own words, cut to a safe length and free of keys; empty when it said nothing. Failures
   * stored before `reason` existed have this program's own words here.
   */
  readonly detail: string;
  /** What this program found out by itself, where the code alone does not say it. */
  readonly reason?: FailureReason;
  readonly httpStatus?: number;
  /** Where the provider said so: how long to wait, from the moment the answer arrived. */
  readonly retryAfterMs?: number;
  /** Host that was asked, for network failures. */
  readonly host?: string;
}

/** What became of the connection. `code` is the error code of Node, undici or Electron. */
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

/** A limit of the watchdog that was passed: first byte, any byte, text, end mark, whole reply. */
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

/** Of a reply that a crash interrupted: nothing was left to record a failure. */
export const INTERRUPTED_BY_CRASH: Failure = { code: 'TRUNCATED', detail: '' };

export type FailureCode =
  /** 401: the key is wrong, deleted or missing. */
  | 'AUTH'
  /** 402: the account's balance does not cover the request. */
  | 'CREDITS'
  /** 402 or 403: the key's own limit at the provider is spent. */
  | 'KEY_LIMIT'
  /** 402 with a wait: other running requests hold the balance. */
  | 'IN_FLIGHT'
  | 'RATE_LIMIT'
  /** 429 that only a new day lifts. */
  | 'DAILY_QUOTA'
  | 'MODERATION'
  | 'CONTEXT_TOO_LONG'
  | 'MODEL_NOT_FOUND'
  | 'BAD_REQUEST'
  | 'OVERLOADED'
  /** No first byte in time. */
  | 'TIMEOUT'
  /** The reply started and then nothing more came. */
  | 'STALLED'
  /** DNS, refused, reset, TLS, proxy. */
  | 'NETWORK'
  /** The connection ended without the reply's end marker. */
  | 'TRUNCATED'
  /** The answer was not what the protocol allows: HTML, a redirect, broken JSON, an oversized event. */
  | 'PROTOCOL'
  /** The provider reported an error of its own. */
  | 'UPSTREAM'
  | 'BUDGET_EXCEEDED';

/** Thrown by use cases for what is refused before sending; carries the data, not the words. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}
