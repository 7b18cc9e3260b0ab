import assert from 'node:assert/strict';
import type { FailedReply } from '../../src/application/panel/entryPresenter';
import type { Failure, FailureCode, Refusal, RefusalCode } from '../../src/domain/failure';
import { conversationId, messageId, modelId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import type { TurnProgress } from '../../src/domain/coreEvent';
import { describeAttempt, describeRetry, nameFailure } from '../../src/editor/words/attemptText';
import { describeFailure, describeRefusal } from '../../src/editor/words/failureText';
import type { NoticeView } from '../../src/protocol/views';

const MODEL = modelId('anthropic/x');
const OTHER = modelId('openai/y');
const ENDED = 1_000_000;

const whole = (more: Partial<FailedReply> = {}): FailedReply => ({
  model: MODEL,
  nextModel: undefined,
  endedAtMs: ENDED,
  canContinue: false,
  ...more,
});
const actionsOf = (notice: NoticeView): string =>
  notice.actions.map(({ action, label }) => (action === 'switchModel' ? `${action}:${label}` : action)).join(' ');

interface Row {
  readonly failure?: Partial<Failure>;
  readonly title: string;
  readonly detail: string;
  /** Of a reply that has no text, without a chain. */
  readonly actions: string;
  /** The same with a chain, where it differs. */
  readonly chained?: string;
  /** The same where the reply can go on, where it differs. */
  readonly goesOn?: string;
  /** Null: `retryAfterMs` says nothing. */
  readonly waits: boolean;
}

const said = { detail: 'slow down' };
const contextWords =
  "This endpoint's maximum context length is 131072 tokens. However, you requested about 139521 tokens (138021 of text input, 1500 in the output).";

const FAILURES: Readonly<Record<FailureCode, Row>> = {
  AUTH: {
    title: 'The provider did not accept the API key.',
    detail: 'It may be mistyped, deleted or of another server.',
    actions: 'setApiKey retry',
    waits: false,
  },
  CREDITS: {
    title: 'The account’s credits do not cover this request.',
    detail:
      'This is the account’s balance at the provider, not a limit of yours here. Credits are added in the provider’s settings.',
    actions: 'selectModel retry',
    waits: false,
  },
  KEY_LIMIT: {
    title: 'This key’s own limit at the provider is reached.',
    detail: 'It is set for the key, and raised, in the provider’s key settings.',
    actions: 'setApiKey retry',
    waits: false,
  },
  IN_FLIGHT: {
    failure: said,
    title: 'Other running requests hold the account’s credits.',
    detail: 'The provider says: slow down',
    actions: 'retry',
    waits: true,
  },
  RATE_LIMIT: {
    failure: said,
    title: 'The provider asks to slow down.',
    detail: 'The provider says: slow down',
    actions: 'retry selectModel',
    chained: 'retry switchModel:Ask openai/y',
    waits: true,
  },
  DAILY_QUOTA: {
    title: 'The free quota of today is used up.',
    detail: 'It is the provider’s quota and comes back with its next day.',
    actions: 'selectModel',
    chained: 'switchModel:Ask openai/y',
    waits: true,
  },
  MODERATION: {
    failure: said,
    title: 'The provider’s moderation refused this message.',
    detail: 'The provider says: slow down',
    actions: '',
    waits: false,
  },
  CONTEXT_TOO_LONG: {
    failure: { detail: contextWords },
    title: 'The conversation is longer than the model’s window.',
    waits: false,
    detail:
      'The provider’s window holds 131,072 tokens; about 139,521 were asked for. Shortening leaves out the earliest messages; nothing is deleted.',
    actions: 'shorten newConversation selectModel',
    chained: 'shorten newConversation switchModel:Ask openai/y',
  },
  MODEL_NOT_FOUND: {
    title: 'The provider does not offer this model.',
    detail: '',
    actions: 'selectModel',
    chained: 'switchModel:Ask openai/y',
    waits: false,
  },
  BAD_REQUEST: { title: 'The provider refused the request.', detail: '', actions: 'showLog', waits: false },
  OVERLOADED: {
    title: 'anthropic/x is overloaded or down.',
    detail: '',
    actions: 'retry selectModel',
    chained: 'retry switchModel:Ask openai/y',
    waits: true,
  },
  TIMEOUT: {
    title: 'No answer came in time.',
    detail: 'The question is stored; the provider may still bill it.',
    actions: 'retry',
    chained: 'retry switchModel:Ask openai/y',
    waits: false,
  },
  STALLED: {
    title: 'The reply stopped coming.',
    detail: 'The text so far is kept; its cost is pending.',
    actions: 'retry',
    goesOn: 'continueReply retry',
    waits: false,
  },
  NETWORK: {
    failure: { detail: 'the name is not known.', host: 'openrouter.ai' },
    title: 'Cannot reach openrouter.ai.',
    detail: 'The name is not known. The question is stored.',
    actions: 'retry openBaseUrlSetting',
    goesOn: 'continueReply retry openBaseUrlSetting',
    waits: false,
  },
  TRUNCATED: {
    title: 'The reply was cut off.',
    detail: 'The text so far is kept; its cost is pending. Trying again is a new purchase.',
    actions: 'retry',
    goesOn: 'continueReply retry',
    waits: false,
  },
  PROTOCOL: {
    failure: { host: 'example.org' },
    title: 'example.org did not answer as a model provider does.',
    detail: 'Check the base URL.',
    actions: 'openBaseUrlSetting retry',
    waits: false,
  },
  UPSTREAM: {
    failure: said,
    title: 'The provider reported an error.',
    detail: 'The provider says: slow down',
    actions: 'retry',
    chained: 'retry switchModel:Ask openai/y',
    goesOn: 'continueReply retry',
    waits: false,
  },
  BUDGET_EXCEEDED: {
    title: 'The reply reached the most it may cost and was stopped.',
    detail: 'The text so far is kept; its cost is pending.',
    actions: 'openBudgetMenu showLedger',
    goesOn: 'continueReply openBudgetMenu showLedger',
    waits: false,
  },
};

const CODES: readonly FailureCode[] = [
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

describe('words for a reply’s failure', () => {
  for (const code of CODES) {
    const { failure: more, title, detail, actions, chained = actions, goesOn = actions, waits } = FAILURES[code];
    const failure: Failure = { code, detail: '', ...more };
    it(code, () => {
      const notice = describeFailure(failure, whole());
      assert.deepEqual(
        [notice.code, notice.title, notice.detail, actionsOf(notice), notice.waitUntilMs],
        [code, title, detail, actions, null],
      );
      assert.equal(actionsOf(describeFailure(failure, whole({ nextModel: OTHER }))), chained);
      assert.equal(actionsOf(describeFailure(failure, whole({ canContinue: true }))), goesOn);
      const late = describeFailure({ ...failure, retryAfterMs: 12_000 }, whole());
      assert.deepEqual(
        [late.waitUntilMs, late.detail],
        [waits ? ENDED + 12_000 : null, detail],
        'the countdown says it',
      );
    });
  }

  it('without a reply it says how long to wait in words', () => {
    const notice = describeFailure({ code: 'RATE_LIMIT', detail: '', retryAfterMs: 11_200 });
    assert.deepEqual([notice.detail, notice.waitUntilMs], ['It asks to wait 12 s.', null]);
  });

  const contexts: readonly [string, string, string][] = [
    ['too many', 'The provider says: too many', 'newConversation selectModel'],
    [
      'Maximum context length is 8,192 tokens',
      'The provider’s window holds 8,192 tokens. Shortening leaves out the earliest messages; nothing is deleted.',
      'shorten newConversation selectModel',
    ],
    [
      'maximum context length is 0 tokens',
      'The provider says: maximum context length is 0 tokens',
      'newConversation selectModel',
    ],
  ];
  for (const [words, detail, actions] of contexts) {
    it(`a window in the words “${words}”`, () => {
      const notice = describeFailure({ code: 'CONTEXT_TOO_LONG', detail: words }, whole());
      assert.deepEqual([notice.detail, actionsOf(notice)], [detail, actions]);
    });
  }
});

const NOW = 5_000_000;
const cents = (amount: number) => nanoUsd(amount * 10_000_000);

const REFUSALS: Readonly<
  Record<
    Exclude<RefusalCode, 'BUDGET_EXCEEDED' | 'SPEND_UNSURE'>,
    readonly [Refusal, title: string, detail: string, actions: string, waitUntilMs?: number]
  >
> = {
  EMPTY_INPUT: [{ code: 'EMPTY_INPUT' }, 'There is nothing to send yet.', 'Type a message first.', ''],
  INPUT_TOO_LONG: [
    { code: 'INPUT_TOO_LONG', characters: 32_001, limit: 32_000 },
    'The message is too long.',
    'It has 32,001 characters; the limit is 32,000. Shorten it, or attach the long part as a selection.',
    '',
  ],
  NOTHING_TO_CONTINUE: [
    { code: 'NOTHING_TO_CONTINUE' },
    'There is nothing to go on from.',
    'Only a reply with text that was cut or stopped, or that reached its length limit, can be continued. Nothing was sent.',
    '',
  ],
  TOO_SOON: [
    { code: 'TOO_SOON', waitMs: 1_200 },
    'That was sent a moment ago.',
    'A second send within 2 s counts as a double click. Your text is kept; send it again.',
    '',
  ],
  BUSY: [
    { code: 'BUSY' },
    'A reply is still streaming here.',
    'Wait for it or stop it, then try again. What you typed is kept.',
    '',
  ],
  NO_KEY: [
    { code: 'NO_KEY', origin: 'https://a.b' },
    'No API key for https://a.b.',
    'Nothing was sent. Your text is kept.',
    'setApiKey',
  ],
  PRICE_UNKNOWN: [
    { code: 'PRICE_UNKNOWN', model: MODEL },
    'The price of anthropic/x is not known.',
    'A budget cannot hold for a model without a price, so nothing was sent. Your text is kept.',
    'selectModel acceptUnknownPrice',
  ],
  CONTEXT_TOO_LONG: [
    { code: 'CONTEXT_TOO_LONG', tokens: 9_000, limitTokens: 8_000 },
    'This does not fit the model’s window.',
    'It needs about 9,000 tokens; the window leaves 8,000. Shorten the message or its attachments, or choose a model with a larger window.',
    'selectModel',
  ],
  CIRCUIT_OPEN: [
    { code: 'CIRCUIT_OPEN', waitMs: 23_000 },
    'This model has failed repeatedly.',
    'It is left alone for a while; then one message may try it. Nothing was sent, your text is kept.',
    'selectModel',
    NOW + 23_000,
  ],
  NOT_FOUND: [
    { code: 'NOT_FOUND', what: 'message' },
    'This message is not in the conversation.',
    'Nothing was changed.',
    '',
  ],
  TITLE_INVALID: [
    { code: 'TITLE_INVALID', characters: 0, limit: 200 },
    'A title needs at least one character.',
    'It may have up to 200 characters. The old title stays.',
    '',
  ],
  TAGS_INVALID: [
    { code: 'TAGS_INVALID', problem: { kind: 'comma', tag: 'a,b' } },
    'These tags cannot be kept.',
    '“a,b” has a comma in it; a comma separates two tags. The old tags stay.',
    '',
  ],
  NO_EDITOR: [
    { code: 'NO_EDITOR' },
    'No editor is open to insert into.',
    'Open a file and place the cursor, or use “new file”.',
    '',
  ],
  SETTLEMENT_INVALID: [
    { code: 'SETTLEMENT_INVALID', problem: { kind: 'tooHigh', limitNanoUsd: cents(5) } },
    'The charge was not settled.',
    'The request cannot have cost more than $0.0500, its worst case. Check that the provider’s log shows the same request.',
    '',
  ],
  STORE_READ_ONLY: [
    { code: 'STORE_READ_ONLY', reason: { kind: 'diskFull' } },
    'This could not be stored, so it was not done.',
    'The disk is full. Nothing was sent, and what you typed is kept here.',
    'showLog',
  ],
};

/** Those of budgets are in budgetWords.test.ts. */
describe('words for a refusal', () => {
  for (const [code, [refusal, title, detail, actions, waitUntilMs = null]] of Object.entries(REFUSALS)) {
    it(code, () => {
      const notice = describeRefusal(refusal, NOW);
      assert.deepEqual(
        [notice.code, notice.title, notice.detail, actionsOf(notice), notice.waitUntilMs],
        [code, title, detail, actions, waitUntilMs],
      );
    });
  }
});

describe('words for attempts', () => {
  const attempt = (code: FailureCode, more: Partial<Failure> = {}) => ({
    model: MODEL,
    failure: { code, detail: '', ...more },
    elapsedMs: 5,
    atMs: 9,
  });
  const sentences: readonly [ReturnType<typeof attempt>, typeof MODEL, string][] = [
    [attempt('OVERLOADED'), OTHER, 'anthropic/x was overloaded, so openai/y was asked.'],
    [attempt('RATE_LIMIT', { retryAfterMs: 99_000 }), OTHER, 'anthropic/x was rate limited, so openai/y was asked.'],
    [attempt('NETWORK'), OTHER, 'anthropic/x could not be reached, so openai/y was asked.'],
    [attempt('UPSTREAM'), OTHER, 'anthropic/x failed (Provider’s error), so openai/y was asked.'],
    [attempt('RATE_LIMIT', { retryAfterMs: 11_200 }), MODEL, 'Rate limited; asked again after 12 s.'],
    [attempt('NETWORK'), MODEL, 'Not reached; asked again.'],
  ];
  for (const [failed, next, sentence] of sentences)
    it(sentence, () => assert.equal(describeAttempt(failed, next), sentence));

  const progress = (more: Partial<TurnProgress>): TurnProgress => ({
    conversationId: conversationId('c'),
    replyId: messageId('m'),
    phase: 'waiting',
    elapsedMs: 1,
    model: MODEL,
    retryOf: { ...attempt('RATE_LIMIT'), attempt: 1 },
    waitMs: 5,
    tokensPerSecond: 0,
    velocity: [],
    estimateNanoUsd: null,
    ...more,
  });
  const retries: readonly [TurnProgress, string | undefined][] = [
    [progress({ retryOf: null }), undefined],
    [progress({}), 'Rate limited; trying again'],
    [progress({ phase: 'connecting' }), 'Rate limited; asking again'],
    [progress({ model: OTHER }), 'anthropic/x was rate limited; openai/y is next'],
    [progress({ model: OTHER, phase: 'thinking' }), 'anthropic/x was rate limited; asking openai/y'],
  ];
  for (const [from, text] of retries)
    it(text ?? 'nothing of a first request', () => assert.equal(describeRetry(from), text));

  it('every failure has a name of its own', () => assert.equal(new Set(CODES.map(nameFailure)).size, CODES.length));
});
