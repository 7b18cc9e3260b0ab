import * as l10n from '@vscode/l10n';
import type { ChargeRow, LedgerPeriod } from '../../src/protocol/ledger';
import { formatCount } from '../shared/format';
import { plural } from '../shared/localization';

type Texts<Key extends string> = Readonly<Record<Key, () => string>>;

const PERIODS: Texts<LedgerPeriod> = {
  '7days': () => l10n.t('7 days'),
  '30days': () => l10n.t('30 days'),
  month: () => l10n.t('This month'),
  all: () => l10n.t('All'),
};
const IN_PERIOD: Texts<LedgerPeriod> = {
  '7days': () => l10n.t('Last 7 days'),
  '30days': () => l10n.t('Last 30 days'),
  month: () => l10n.t('This month'),
  all: () => l10n.t('All time'),
};
const SOURCES: Texts<ChargeRow['state']> = {
  reported: () => l10n.t('reported'),
  estimated: () => l10n.t('estimated'),
  pending: () => l10n.t('pending'),
  running: () => l10n.t('running'),
};
const SETTLED_BY: Texts<NonNullable<ChargeRow['settledBy']>> = {
  stream: () => l10n.t('with the reply'),
  generation: () => l10n.t('from the provider’s records'),
  person: () => l10n.t('entered by you'),
};

/** Texts of the ledger's page. Amounts come formatted from the host. */
export const strings = {
  ledger: () => l10n.t('Ledger'),
  loading: () => l10n.t('Loading the ledger…'),
  notLoaded: () => l10n.t('The ledger could not be loaded.'),
  reload: () => l10n.t('Reload'),

  period: () => l10n.t('Period'),
  periodName: (period: LedgerPeriod) => PERIODS[period](),
  inPeriod: (period: LedgerPeriod) => IN_PERIOD[period](),
  periodCharges: (period: string, charges: string) => l10n.t('{0}: {1}', period, charges),
  today: () => l10n.t('Today'),
  thisMonth: () => l10n.t('This month'),
  pending: () => l10n.t('Pending'),
  noDailyLimit: () => l10n.t('no daily limit'),
  noMonthlyLimit: () => l10n.t('no monthly limit'),
  ofLimit: (percent: string, limit: string) => l10n.t('{0} of {1}', percent, limit),
  limitReached: () => l10n.t('limit reached'),
  changeLimits: () => l10n.t('Limits…'),
  reserved: (amount: string) => l10n.t('{0} reserved', amount),
  nonePending: () => l10n.t('none'),
  pendingNote: () => l10n.t('Counts against the limits, but is not part of the other sums.'),
  pendingHint: () => l10n.t('Worst case of the requests in this period that the provider has not billed yet.'),
  budgetDay: (day: string) => l10n.t('UTC day {0}', day),
  budgetDayHint: () =>
    l10n.t(
      'Budgets use UTC days, and this is the current one. It differs from your date because of your time zone, or because the clock was once ahead.',
    ),
  charges: (count: number) =>
    count === 0
      ? l10n.t('no charges')
      : plural(count, {
          one: l10n.t('{0} charge', formatCount(count)),
          other: l10n.t('{0} charges', formatCount(count)),
        }),

  byDay: () => l10n.t('Spend by day'),
  byMonth: () => l10n.t('Spend by month'),
  utcDay: () => l10n.t('Day (UTC)'),
  utcMonth: () => l10n.t('Month (UTC)'),
  settled: () => l10n.t('Settled'),
  pendingWorstCase: () => l10n.t('Pending (worst case)'),
  pendingAmount: (amount: string) => l10n.t('{0} pending', amount),
  dailyLimit: (limit: string) => l10n.t('daily limit {0}', limit),
  monthlyLimit: (limit: string) => l10n.t('monthly limit {0}', limit),
  aboveScale: (limit: string) => l10n.t('{0} (above this scale)', limit),
  table: () => l10n.t('Table'),
  showTable: () => l10n.t('Show as a table'),
  showChart: () => l10n.t('Show as a chart'),

  byModel: () => l10n.t('By model'),
  byConversation: () => l10n.t('By conversation'),
  showAll: (count: string) => l10n.t('Show all {0}', count),
  showFewer: () => l10n.t('Show fewer'),
  moreInExport: (count: number) =>
    plural(count, {
      one: l10n.t('{0} more with a smaller amount is in the export.', formatCount(count)),
      other: l10n.t('{0} more with smaller amounts are in the export.', formatCount(count)),
    }),
  deletedConversation: () => l10n.t('deleted conversation'),
  openConversation: (conversation: string) => l10n.t('Open {0}', conversation),
  onlyChargesOf: (name: string) => l10n.t('Show only charges for {0}', name),
  chargesFilter: (charges: string, filter: string) => l10n.t('{0}. {1}', charges, filter),
  estimatesLow: (percent: string, charges: string) => l10n.t('Estimates were {0} too low over {1}.', percent, charges),
  estimatesHigh: (percent: string, charges: string) =>
    l10n.t('Estimates were {0} too high over {1}.', percent, charges),
  estimatesExact: (charges: string) => l10n.t('Estimates were exact over {0}.', charges),

  branchesOf: (conversation: string) => l10n.t('Branches of {0}', conversation),
  branchesNote: () =>
    l10n.t('Branches share their first messages, so their costs can add up to more than the conversation’s.'),
  messages: (count: number) =>
    plural(count, {
      one: l10n.t('{0} message', formatCount(count)),
      other: l10n.t('{0} messages', formatCount(count)),
    }),
  branchShown: () => l10n.t('shown'),
  emptyBranch: () => l10n.t('no text'),

  chargesTitle: () => l10n.t('Charges'),
  conversation: () => l10n.t('Conversation'),
  allModels: () => l10n.t('All models'),
  allConversations: () => l10n.t('All conversations'),
  onlyPending: () => l10n.t('Only pending'),
  exportCsv: () => l10n.t('Export CSV…'),
  place: (first: string, last: string, total: string) => l10n.t('{0}–{1} of {2}', first, last, total),
  newer: () => l10n.t('Newer'),
  older: () => l10n.t('Older'),
  timeColumn: () => l10n.t('Time'),
  modelColumn: () => l10n.t('Model · provider'),
  tokensColumn: () => l10n.t('Tokens in → out'),
  costColumn: () => l10n.t('Cost'),
  sourceColumn: () => l10n.t('Source · settled by'),
  source: (state: ChargeRow['state']) => SOURCES[state](),
  settledBy: (settledBy: NonNullable<ChargeRow['settledBy']>) => SETTLED_BY[settledBy](),
  tokensUnknown: () => l10n.t('tokens unknown'),

  settleOpen: () => l10n.t('Settle…'),
  settleCharge: (name: string, amount: string) => l10n.t('Settle {0}, {1}', name, amount),
  settleTitle: () => l10n.t('Settle manually'),
  settleWhy: () =>
    l10n.t(
      'The request ended without a bill, so its worst case counts. Find it in the provider’s activity log and enter the amount. If the provider reports an amount later, it replaces yours.',
    ),
  generationId: (id: string) => l10n.t('Generation id: {0}', id),
  noGenerationId: () => l10n.t('The provider gave no id. Look for a request to this model at this time.'),
  amountCharged: (limit: string) => l10n.t('Amount charged in US dollars, 0 to {0}', limit),
  settle: () => l10n.t('Settle'),
  notCharged: () => l10n.t('Not charged'),

  emptyTitle: () => l10n.t('No charges yet.'),
  emptyDetail: () =>
    l10n.t(
      'Every paid request is recorded here: with its worst case before it is sent, with its actual cost once it is billed.',
    ),
  emptyPeriod: () => l10n.t('No charges in this period.'),
  showAllTime: () => l10n.t('Show all time'),
  emptyFilter: () => l10n.t('No charges match the filter.'),
  clearFilter: () => l10n.t('Clear filter'),
};
