import assert from 'node:assert/strict';
import '../../../support/vscodeWords';
import type { Refusal } from '../../../../src/domain/failure';
import { describeRefusal } from '../../../../src/editor/words/refusalText';
import { REFUSALS } from './samples';

const NOW_MS = 5_000_000;
const BUDGET = 'openBudgetMenu selectModel newConversation';

/** Actions by code, and what tells refusals of one code apart. */
const ACTIONS: Readonly<Record<string, string>> = {
  NO_KEY: 'setApiKey',
  'BUDGET_EXCEEDED day': BUDGET,
  'BUDGET_EXCEEDED month': BUDGET,
  'BUDGET_EXCEEDED conversation': BUDGET,
  'BUDGET_EXCEEDED reply': BUDGET,
  'BUDGET_EXCEEDED model': 'selectModel acceptOverrun',
  SPEND_UNSURE: 'runDiagnostics openBudgetMenu',
  PRICE_UNKNOWN: 'selectModel acceptUnknownPrice',
  'PRICE_UNKNOWN list': 'openBaseUrlSetting acceptUnknownPrice',
  CONTEXT_TOO_LONG: 'selectModel',
  CIRCUIT_OPEN: 'selectModel',
  'NOT_FOUND model': 'selectModel',
  STORE_READ_ONLY: 'showLog',
};

function nameOf(refusal: Refusal): string {
  switch (refusal.code) {
    case 'BUDGET_EXCEEDED':
      return `${refusal.code} ${refusal.period}`;
    case 'NOT_FOUND':
      return `${refusal.code} ${refusal.what}`;
    case 'PRICE_UNKNOWN':
      return refusal.listFailure ? `${refusal.code} list` : refusal.code;
    default:
      return refusal.code;
  }
}

describe('notices of refusals', () => {
  for (const [at, refusal] of REFUSALS.entries()) {
    const name = nameOf(refusal);
    it(`${at + 1}: ${name} offers ${ACTIONS[name] ?? 'no action'}`, () => {
      const notice = describeRefusal(refusal, NOW_MS);
      assert.equal(notice.code, refusal.code);
      assert.equal(notice.actions.map(({ action }) => action).join(' '), ACTIONS[name] ?? '');
      assert.equal(notice.waitUntilMs, refusal.code === 'CIRCUIT_OPEN' ? NOW_MS + refusal.waitMs : null);
    });
  }
});
