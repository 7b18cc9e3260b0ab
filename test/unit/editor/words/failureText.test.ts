import assert from 'node:assert/strict';
import '../../../support/vscodeWords';
import type { FailedReply } from '../../../../src/application/panel/panelWords';
import type { Failure, FailureCode } from '../../../../src/domain/failure';
import { modelId } from '../../../../src/domain/ids';
import { nameFailure } from '../../../../src/editor/words/attemptText';
import { describeFailure } from '../../../../src/editor/words/failureText';
import type { NoticeView } from '../../../../src/protocol/views';

const ENDED_MS = 1_000_000;

const aReply = (more: Partial<FailedReply> = {}): FailedReply => ({
  model: modelId('anthropic/x'),
  nextModel: undefined,
  endedAtMs: ENDED_MS,
  canContinue: false,
  ...more,
});
const actionsOf = (notice: NoticeView): string => notice.actions.map(({ action }) => action).join(' ');

interface Row {
  readonly detail?: string;
  /** For a reply without text and without a fallback model. */
  readonly actions: string;
  /** With a fallback model, where it differs. */
  readonly withFallback?: string;
  /** For a reply that can be continued, where it differs. */
  readonly continuable?: string;
  /** `retryAfterMs` starts a countdown. */
  readonly waits?: true;
}

const FAILURES: Readonly<Record<FailureCode, Row>> = {
  AUTH: { actions: 'setApiKey retry' },
  CREDITS: { actions: 'selectModel retry' },
  KEY_LIMIT: { actions: 'setApiKey retry' },
  IN_FLIGHT: { actions: 'retry', waits: true },
  RATE_LIMIT: { actions: 'retry selectModel', withFallback: 'retry switchModel', waits: true },
  DAILY_QUOTA: { actions: 'selectModel', withFallback: 'switchModel', waits: true },
  MODERATION: { actions: '' },
  CONTEXT_TOO_LONG: {
    detail:
      "This endpoint's maximum context length is 131072 tokens. However, you requested about 139521 tokens (138021 of text input, 1500 in the output).",
    actions: 'shorten newConversation selectModel',
    withFallback: 'shorten newConversation switchModel',
  },
  MODEL_NOT_FOUND: { actions: 'selectModel', withFallback: 'switchModel' },
  BAD_REQUEST: { actions: 'showLog' },
  OVERLOADED: { actions: 'retry selectModel', withFallback: 'retry switchModel', waits: true },
  TIMEOUT: { actions: 'retry', withFallback: 'retry switchModel' },
  STALLED: { actions: 'retry', continuable: 'continueReply retry' },
  NETWORK: { actions: 'retry openBaseUrlSetting', continuable: 'continueReply retry openBaseUrlSetting' },
  TRUNCATED: { actions: 'retry', continuable: 'continueReply retry' },
  PROTOCOL: { actions: 'openBaseUrlSetting retry' },
  UPSTREAM: { actions: 'retry', withFallback: 'retry switchModel', continuable: 'continueReply retry' },
  BUDGET_EXCEEDED: {
    actions: 'openBudgetMenu showLedger',
    continuable: 'continueReply openBudgetMenu showLedger',
  },
};
const ROWS = Object.entries(FAILURES) as [FailureCode, Row][];

describe('notices of failures', () => {
  for (const [code, { detail = '', actions, withFallback = actions, continuable = actions, waits = false }] of ROWS) {
    const failure: Failure = { code, detail };
    it(`${code} offers ${actions === '' ? 'no action' : actions}`, () => {
      const notice = describeFailure(failure, aReply());
      assert.deepEqual([notice.code, actionsOf(notice), notice.waitUntilMs], [code, actions, null]);
      assert.equal(actionsOf(describeFailure(failure, aReply({ nextModel: modelId('openai/y') }))), withFallback);
      assert.equal(actionsOf(describeFailure(failure, aReply({ canContinue: true }))), continuable);
    });
    it(`${code} ${waits ? 'starts' : 'starts no'} countdown`, () => {
      const notice = describeFailure(failure, aReply());
      const later = describeFailure({ ...failure, retryAfterMs: 12_000 }, aReply());
      assert.equal(later.waitUntilMs, waits ? ENDED_MS + 12_000 : null);
      assert.equal(later.detail, notice.detail, 'the countdown replaces the words');
    });
  }

  it('without a reply, words replace the countdown', () => {
    const notice = describeFailure({ code: 'RATE_LIMIT', detail: '', retryAfterMs: 11_200 });
    assert.deepEqual([notice.detail, notice.waitUntilMs], ['Try again in 12 s.', null]);
  });

  const contexts: readonly [string, string][] = [
    ['too many', 'newConversation selectModel'],
    ['Maximum context length is 8,192 tokens', 'shorten newConversation selectModel'],
    ['maximum context length is 0 tokens', 'newConversation selectModel'],
  ];
  for (const [detail, actions] of contexts)
    it(`“${detail}” offers ${actions}`, () =>
      assert.equal(actionsOf(describeFailure({ code: 'CONTEXT_TOO_LONG', detail }, aReply())), actions));

  it('give each code its own name', () =>
    assert.equal(new Set(ROWS.map(([code]) => nameFailure(code))).size, ROWS.length));
});
