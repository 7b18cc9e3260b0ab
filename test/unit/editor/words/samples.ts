import type { BudgetAlert, BudgetStatus } from '../../../../src/application/spend/budgetStatus';
import type { DocumentFacts } from '../../../../src/application/exchange/documentWords';
import { FIELD_FLAWS, type ImportProblem, type ImportSubject } from '../../../../src/application/exchange/importReport';
import type { ModelChoice } from '../../../../src/application/models/choices';
import type { SpendSummary } from '../../../../src/application/spend/ledger';
import type { CoreEvent, TurnProgress } from '../../../../src/domain/coreEvent';
import {
  ANSWER_PROBLEMS,
  CONNECTION_PROBLEMS,
  type Failure,
  type FailureCode,
  type FailureReason,
  type Refusal,
  SIZE_LIMITS,
  TIME_LIMITS,
} from '../../../../src/domain/failure';
import { conversationId, messageId, modelId } from '../../../../src/domain/ids';
import type { PeerFileProblem, PeerProblem, PeerRemark } from '../../../../src/domain/incoming';
import type { Model } from '../../../../src/domain/model';
import { nanoUsd } from '../../../../src/domain/money';
import type { StoreReport } from '../../../../src/domain/storeReport';
import type { StoreReason, StoreWarning } from '../../../../src/domain/storeTrouble';

/**
 * Sample data for words functions, without ASCII letters, so that every ASCII letter in a pseudo-translated text is
 * untranslated.
 */
export const MODEL = modelId('1/2');
export const OTHER = modelId('3/4');
export const cents = (amount: number) => nanoUsd(amount * 10_000_000);

export const FAILURE_CODES: readonly FailureCode[] = [
  'AUTH',
  'CREDITS',
  'KEY_LIMIT',
  'IN_FLIGHT',
  'RATE_LIMIT',
  'DAILY_QUOTA',
  'MODERATION',
  'CONTEXT_TOO_LONG',
  'MODEL_NOT_FOUND',
  'BAD_REQUEST',
  'OVERLOADED',
  'TIMEOUT',
  'STALLED',
  'NETWORK',
  'TRUNCATED',
  'PROTOCOL',
  'UPSTREAM',
  'BUDGET_EXCEEDED',
];

export const aFailure = (code: FailureCode, more: Partial<Failure> = {}): Failure => ({ code, detail: '', ...more });

const REASONS: readonly FailureReason[] = [
  ...CONNECTION_PROBLEMS.map((kind) => ({ kind, code: '1' })),
  ...TIME_LIMITS.map((kind) => ({ kind, limitMs: 1_500 })),
  ...SIZE_LIMITS.map((kind) => ({ kind, limit: 1_000 })),
  ...ANSWER_PROBLEMS.map((kind) => ({ kind })),
];
export const NETWORK_FAILURES: readonly Failure[] = REASONS.flatMap((reason) => [
  aFailure('NETWORK', { reason }),
  aFailure('NETWORK', { reason, httpStatus: 404 }),
]);

const exceeded = (period: 'day' | 'month' | 'conversation' | 'reply'): Refusal => ({
  code: 'BUDGET_EXCEEDED',
  period,
  limitNanoUsd: cents(500),
  spentNanoUsd: cents(498),
  worstCaseNanoUsd: cents(5),
});

export const REFUSALS: readonly Refusal[] = [
  { code: 'EMPTY_INPUT' },
  { code: 'INPUT_TOO_LONG', characters: 32_001, limit: 32_000 },
  { code: 'TOO_SOON', waitMs: 1_200 },
  { code: 'BUSY' },
  { code: 'NO_KEY', origin: '://1.2' },
  exceeded('day'),
  exceeded('month'),
  exceeded('conversation'),
  exceeded('reply'),
  {
    code: 'BUDGET_EXCEEDED',
    period: 'model',
    model: MODEL,
    billedNanoUsd: cents(9),
    worstCaseNanoUsd: cents(5),
  },
  {
    code: 'SPEND_UNSURE',
    gaps: [
      { kind: 'unreadable', journal: '1', reason: { kind: 'accessDenied' } },
      { kind: 'damaged', journal: '1' },
      { kind: 'network' },
    ],
  },
  { code: 'PRICE_UNKNOWN', model: MODEL },
  { code: 'PRICE_UNKNOWN', model: MODEL, listFailure: aFailure('NETWORK') },
  { code: 'CONTEXT_TOO_LONG', tokens: 9_000, limitTokens: 8_000 },
  { code: 'CIRCUIT_OPEN', waitMs: 23_000 },
  { code: 'NOT_FOUND', what: 'conversation' },
  { code: 'NOT_FOUND', what: 'message' },
  { code: 'NOT_FOUND', what: 'model' },
  { code: 'NOTHING_TO_CONTINUE' },
  { code: 'TITLE_INVALID', characters: 0, limit: 200 },
  { code: 'TITLE_INVALID', characters: 201, limit: 200 },
  { code: 'TAGS_INVALID', problem: { kind: 'tooMany', count: 33, limit: 32 } },
  { code: 'TAGS_INVALID', problem: { kind: 'tooLong', tag: '1', limit: 64 } },
  { code: 'TAGS_INVALID', problem: { kind: 'comma', tag: '1,2' } },
  { code: 'NO_EDITOR' },
  { code: 'SETTLEMENT_INVALID', problem: { kind: 'notAnAmount' } },
  { code: 'SETTLEMENT_INVALID', problem: { kind: 'tooHigh', limitNanoUsd: cents(5) } },
  { code: 'SETTLEMENT_INVALID', problem: { kind: 'notPending' } },
  { code: 'SETTLEMENT_INVALID', problem: { kind: 'running' } },
  { code: 'STORE_READ_ONLY', reason: { kind: 'diskFull' } },
];

const attempt = (more: Partial<Failure> = {}) => ({
  model: MODEL,
  failure: aFailure('OVERLOADED', more),
  elapsedMs: 5,
  atMs: 9,
});
export const ATTEMPTS = [attempt(), attempt({ retryAfterMs: 11_200 })];

const progress = (more: Partial<TurnProgress>): TurnProgress => ({
  conversationId: conversationId('c'),
  replyId: messageId('m'),
  phase: 'waiting',
  elapsedMs: 1,
  model: MODEL,
  retryOf: { ...attempt(), attempt: 1 },
  waitMs: 5,
  tokensPerSecond: 0,
  velocity: [],
  estimateNanoUsd: null,
  ...more,
});
export const PROGRESS: readonly TurnProgress[] = [
  progress({ retryOf: null }),
  progress({}),
  progress({ phase: 'connecting' }),
  progress({ model: OTHER }),
  progress({ model: OTHER, phase: 'thinking' }),
];

export const spend: SpendSummary = {
  todayNanoUsd: cents(31),
  monthNanoUsd: cents(410),
  runningNanoUsd: cents(0),
  reservedNanoUsd: cents(5),
  pendingNanoUsd: cents(12),
  dailyLimitNanoUsd: cents(500),
  monthlyLimitNanoUsd: null,
  dayUtc: '2026-11-20',
  key: { limitNanoUsd: cents(2500), remainingNanoUsd: cents(2000), reset: 'monthly' },
};
export const RESETS = ['daily', 'weekly', 'monthly', '9', null];

export const status = (spent: number, limit: number | null, period: BudgetStatus['period'] = 'day'): BudgetStatus => ({
  period,
  name: '2026-11-20',
  spentNanoUsd: cents(spent),
  limitNanoUsd: limit === null ? null : cents(limit),
  level: 'ok',
});
export const ALERTS: readonly BudgetAlert[] = (['day', 'month'] as const).flatMap((period) =>
  (['warning', 'exhausted'] as const).map((level) => ({ status: status(450, 500, period), level })),
);
export const overrun: Extract<CoreEvent, { type: 'overran' }> = {
  type: 'overran',
  model: MODEL,
  billedNanoUsd: cents(9),
  worstCaseNanoUsd: cents(5),
};

const rate = (digits: bigint) => ({ digits, scale: 9 });
const aModel = (more: Partial<Model>): Model => ({
  id: MODEL,
  name: '1',
  contextLength: 200_000,
  maxCompletionTokens: null,
  price: { prompt: rate(3_000n), completion: rate(15_000n) },
  inputModalities: [],
  supportedParameters: [],
  tokenizer: '',
  ...more,
});
export const MODELS: readonly Model[] = [
  aModel({}),
  aModel({ price: null, contextLength: null }),
  aModel({ price: { prompt: rate(0n), completion: rate(0n) } }),
  aModel({ price: { prompt: rate(0n), completion: rate(0n), request: rate(10_000_000n) } }),
];
const choice = (more: Partial<ModelChoice>): ModelChoice => ({
  model: MODEL,
  name: '1',
  isFavourite: false,
  isCurrent: false,
  listed: MODELS[0],
  higherRateAboveTokens: null,
  hasTimedPrices: false,
  capabilities: [],
  turnNanoUsd: null,
  record: undefined,
  ...more,
});
const record = (replies: number): NonNullable<ModelChoice['record']> => ({
  model: MODEL,
  replies,
  settledNanoUsd: cents(52),
  medianCostNanoUsd: null,
  medianCompletionTokens: null,
  medianTimeToFirstTokenMs: 812,
  medianTokensPerSecond: 61.6,
});
export const CHOICES: readonly ModelChoice[] = [
  choice({ listed: undefined, record: record(1) }),
  choice({ listed: MODELS[1] }),
  choice({
    higherRateAboveTokens: 999,
    hasTimedPrices: true,
    capabilities: ['vision', 'tools', 'reasoning'],
    turnNanoUsd: cents(2),
    record: record(41),
  }),
];

const PEER_ITEMS = ['rooCodeTask', 'clineTask', 'clineSession', 'continueSession'] as const;
const PEER_FILE_PROBLEMS: readonly PeerFileProblem[] = [
  { kind: 'missing' },
  { kind: 'notAFile' },
  { kind: 'empty' },
  { kind: 'tooLarge', limitMegabytes: 64 },
  { kind: 'unreadable', code: '13' },
  { kind: 'notJson' },
  { kind: 'otherFormat' },
  { kind: 'cut' },
];
const PEER_PROBLEMS: readonly PeerProblem[] = [
  { kind: 'badName' },
  ...PEER_FILE_PROBLEMS.map((problem) => ({ kind: 'file', file: '1', problem }) as const),
  { kind: 'noMessages', causes: [] },
  { kind: 'noMessages', causes: [{ kind: 'file', file: '1', problem: { kind: 'empty' } }] },
  ...[1, 5].flatMap((count): readonly PeerProblem[] => [
    { kind: 'unreadableMessages', messages: count },
    { kind: 'images', images: count },
    { kind: 'subagents', transcripts: count },
  ]),
  { kind: 'removedRequests', costNanoUsd: null },
  { kind: 'removedRequests', costNanoUsd: cents(50) },
  { kind: 'fromRequests' },
];

export const PEER_REMARKS: readonly PeerRemark[] = [
  ...PEER_ITEMS.flatMap((kind) =>
    [null, '1'].map((title) => ({ item: { kind, id: '1', title }, problem: { kind: 'badName' } }) as const),
  ),
  ...PEER_PROBLEMS.map((problem) => ({ item: { kind: 'clineTask', id: '1', title: null }, problem }) as const),
];

export const SUBJECTS: readonly ImportSubject[] = [
  { kind: 'named', name: '1' },
  { kind: 'untitled' },
  { kind: 'peer', item: { kind: 'clineTask', id: '1', title: null } },
  { kind: 'file' },
  { kind: 'rest' },
];
export const PROBLEMS: readonly ImportProblem[] = [
  { kind: 'fileTooLong', limitCharacters: 100_000_000 },
  { kind: 'fileUnreadable', reason: '404' },
  { kind: 'notAnExport', format: '1' },
  { kind: 'unknownVersion' },
  { kind: 'notAConversation' },
  ...FIELD_FLAWS.map((flaw) => ({ kind: 'badField', path: '[0]', flaw }) as const),
  { kind: 'twiceInFile' },
  { kind: 'circularForks' },
  { kind: 'circularMessages' },
  { kind: 'duplicateMessage', messageId: messageId('1') },
  { kind: 'foreignMessage', messageId: messageId('1') },
  { kind: 'costTooHigh', limitNanoUsd: cents(100) },
  { kind: 'conversationTooLarge' },
  { kind: 'messageTooLarge', messageId: messageId('1') },
  { kind: 'differing', messages: 1 },
  { kind: 'differing', messages: 5 },
  { kind: 'stopped' },
  { kind: 'storeFailed', reason: { kind: 'accessDenied' } },
  ...PEER_PROBLEMS.map((problem) => ({ kind: 'peer', problem }) as const),
];

export const STORE_REASONS: readonly StoreReason[] = [
  { kind: 'diskFull' },
  { kind: 'quotaExceeded' },
  { kind: 'fileTooLarge' },
  { kind: 'accessDenied' },
  { kind: 'readOnlyDisk' },
  { kind: 'folderDeleted' },
  { kind: 'notAFolder' },
  { kind: 'diskError' },
  { kind: 'tooManyOpenFiles' },
  { kind: 'newerVersion' },
  { kind: 'closed' },
  { kind: 'invalidRecord' },
  { kind: 'recordTooLarge', limitBytes: 64 * 1024 * 1024 },
  { kind: 'other', detail: '13' },
];
export const STORE_WARNINGS: readonly StoreWarning[] = [
  { kind: 'readOnly', reason: { kind: 'diskFull' } },
  { kind: 'notSaved', reason: { kind: 'diskFull' } },
  { kind: 'damagedSnapshot' },
  { kind: 'unreadableJournal', reason: { kind: 'accessDenied' } },
  { kind: 'reloadFailed', detail: '13' },
  { kind: 'networkDisk' },
  ...[1, 5].flatMap((count): readonly StoreWarning[] => [
    { kind: 'damagedJournals', count },
    { kind: 'foreignFiles', count },
    { kind: 'unreadableRecords', count },
  ]),
];

const facts = (more: Partial<DocumentFacts>): DocumentFacts => ({
  numberLabel: '417',
  model: MODEL,
  createdAt: '2026',
  updatedAt: '2026',
  costNanoUsd: cents(2),
  repliesWithoutCost: 0,
  totalTokens: 9,
  tags: ['1', '2'],
  fork: { source: '1' },
  hiddenBranches: 0,
  ...more,
});
export const FACTS: readonly DocumentFacts[] = [
  facts({}),
  facts({ repliesWithoutCost: 1, hiddenBranches: 1, fork: { source: undefined } }),
  facts({ repliesWithoutCost: 5, hiddenBranches: 5, fork: null }),
];

export const report = (over: Partial<StoreReport> = {}): StoreReport => ({
  directory: '/1',
  journals: [],
  snapshots: [],
  unknownFiles: [],
  conversations: 3,
  messages: 40,
  unreadableRecords: 0,
  projectionMatches: true,
  notWritable: undefined,
  isOnNetwork: false,
  ...over,
});
const journal = (finding: StoreReport['journals'][number]['finding']) => ({ name: '1', bytes: 9, records: 1, finding });
export const REPORTS: readonly StoreReport[] = [
  report(),
  report({
    journals: [
      journal({ kind: 'whole' }),
      journal({ kind: 'cutTail', bytes: 5 }),
      journal({ kind: 'damaged', places: 1, bytes: 9, acknowledged: true }),
      journal({ kind: 'damaged', places: 5, bytes: 9, acknowledged: false }),
      journal({ kind: 'foreign', acknowledged: false }),
      journal({ kind: 'newer' }),
      journal({ kind: 'unreadable', reason: { kind: 'accessDenied' } }),
    ],
    snapshots: [
      { name: '1', bytes: 1, finding: 'whole' },
      { name: '2', bytes: 1, finding: 'damaged' },
      { name: '3', bytes: 1, finding: 'otherVersion' },
    ],
    unknownFiles: ['4'],
    projectionMatches: null,
    isOnNetwork: true,
  }),
  report({ notWritable: { kind: 'readOnlyDisk' }, projectionMatches: false }),
  report({ journals: [journal({ kind: 'unreadable', reason: { kind: 'accessDenied' } })] }),
  report({ journals: [journal({ kind: 'newer' })] }),
  report({ projectionMatches: false }),
];
