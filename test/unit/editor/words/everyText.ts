import '../../../support/vscodeWords';
import type { Message } from '../../../../src/domain/conversation';
import { nanoUsd } from '../../../../src/domain/money';
import * as attemptText from '../../../../src/editor/words/attemptText';
import * as budgetText from '../../../../src/editor/words/budgetText';
import * as diagnosticsText from '../../../../src/editor/words/diagnosticsText';
import { documentWords } from '../../../../src/editor/words/documentText';
import * as exchangeText from '../../../../src/editor/words/exchangeText';
import { describeFailure } from '../../../../src/editor/words/failureText';
import * as format from '../../../../src/editor/words/format';
import * as historyText from '../../../../src/editor/words/historyText';
import * as importText from '../../../../src/editor/words/importText';
import * as keyText from '../../../../src/editor/words/keyText';
import * as linkText from '../../../../src/editor/words/linkText';
import * as meterText from '../../../../src/editor/words/meterText';
import * as modelText from '../../../../src/editor/words/modelText';
import { explainFailure } from '../../../../src/editor/words/networkText';
import { panelWords } from '../../../../src/editor/words/panelWords';
import { describeRefusal } from '../../../../src/editor/words/refusalText';
import { peerItemText, peerProblemText } from '../../../../src/editor/words/peerText';
import { storeReasonText, storeWarningText } from '../../../../src/editor/words/storeText';
import * as troubleText from '../../../../src/editor/words/troubleText';
import * as viewText from '../../../../src/editor/words/viewText';
import type { NoticeView } from '../../../../src/protocol/views';
import * as samples from './samples';

/** Calls every words function with sample data. */
export const textsByModule = (): Readonly<Record<string, readonly string[]>> => ({
  attemptText: attemptTexts(),
  budgetText: budgetTexts(),
  diagnosticsText: diagnosticsTexts(),
  documentText: documentTexts(),
  exchangeText: exchangeTexts(),
  failureText: failureTexts(),
  format: [format.formatAge(0), format.formatAge(2 * 3_600_000), format.formatDateTime(0)],
  historyText: historyTexts(),
  importText: importTexts(),
  keyText: keyTexts(),
  linkText: linkTexts(),
  meterText: meterTexts(),
  modelText: modelTexts(),
  networkText: samples.NETWORK_FAILURES.map((failure) => explainFailure(failure, '')),
  panelWords: panelTexts(),
  peerText: samples.PEER_REMARKS.flatMap(({ item, problem }) => [peerItemText(item), peerProblemText(problem)]),
  refusalText: samples.REFUSALS.flatMap((refusal) => noticeTexts(describeRefusal(refusal, 0))),
  spendRefusalText: samples.REFUSALS.filter(({ code }) => /BUDGET|SPEND|PRICE/.test(code)).flatMap((refusal) =>
    noticeTexts(describeRefusal(refusal, 0)),
  ),
  storeText: [...samples.STORE_REASONS.map(storeReasonText), ...samples.STORE_WARNINGS.map(storeWarningText)],
  troubleText: [
    troubleText.describeStoreTrouble([{ kind: 'notSaved', reason: { kind: 'diskFull' } }]),
    troubleText.describeLedgerTrouble('404'),
    troubleText.describeError('404'),
  ].flatMap(noticeTexts),
  viewText: [viewText.PRODUCT, viewText.ledgerTitle(), viewText.nothingSelected(1_000_000)],
});

const noticeTexts = ({ title, detail, actions }: NoticeView): string[] => [
  title,
  detail,
  ...actions.map(({ label }) => label),
];

/** Every string in an object, whatever its depth. Icons are not texts. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

const attemptTexts = (): string[] => [
  ...samples.FAILURE_CODES.map(attemptText.nameFailure),
  ...samples.ATTEMPTS.flatMap((attempt) => [
    attemptText.describeAttempt(attempt, samples.MODEL),
    attemptText.describeAttempt(attempt, samples.OTHER),
  ]),
  ...samples.PROGRESS.map((progress) => attemptText.describeRetry(progress) ?? ''),
];

function budgetTexts(): string[] {
  const { spend, status } = samples;
  return [
    ...samples.RESETS.map((reset) => budgetText.keyAllowance({ ...spend.key!, reset })),
    ...stringsIn(budgetText.notificationLabels()),
    ...samples.ALERTS.flatMap((alert) =>
      (['hard', 'warn'] as const).map((budgetMode) => budgetText.alertText(alert, { budgetMode, warnAtPercent: 80 })),
    ),
    ...[true, false].map((isBlocked) => budgetText.overrunText(samples.overrun, isBlocked)),
    ...stringsIn([
      budgetText.confirmOverrunText(samples.MODEL),
      budgetText.menuHead(spend),
      budgetText.menuLabels(),
      budgetText.allowItem(samples.MODEL),
    ]),
    budgetText.pendingText(samples.cents(5)),
    ...[null, samples.cents(5)].map(budgetText.limitText),
    budgetText.invalidAmount(),
    ...stringsIn((['dailyUsd', 'monthlyUsd', 'perConversationUsd', 'perReplyUsd'] as const).map(budgetText.limitTexts)),
    ...[status(31, 500), status(31, null), status(1820, 2000, 'month')].map((one) => budgetText.meterText(one, true)),
  ];
}

function diagnosticsTexts(): string[] {
  const facts = { extensionVersion: '1', editorVersion: '2', platform: '3', at: '2026' };
  return [
    ...stringsIn(diagnosticsText.diagnosticsLabels()),
    ...samples.REPORTS.map(diagnosticsText.summaryOf),
    ...samples.REPORTS.map((report) => diagnosticsText.diagnosticsReport(report, facts)),
  ];
}

function documentTexts(): string[] {
  const words = documentWords;
  const states: readonly Exclude<Message['state'], 'complete'>[] = ['streaming', 'interrupted', 'cancelled', 'failed'];
  return [
    ...(['system', 'user', 'assistant'] as const).map(words.role),
    ...['1', undefined].flatMap((source) => words.forkedHere(source)),
    ...samples.FACTS.flatMap(words.facts),
    words.systemPrompt(),
    words.reasoning(),
    words.attachment(),
    ...states.map(words.state),
    ...(['reported', 'estimated', 'pending', 'unknown'] as const).flatMap((source) => [
      words.replyCost({ costNanoUsd: samples.cents(1), source }),
      words.replyCost({ costNanoUsd: null, source }),
    ]),
    words.modelAndProvider('1', '2'),
    ...[1, 5].flatMap((count) => [words.omitted(count), words.failedRequests(count, '1')]),
    words.version(1, 2),
    ...[1, undefined].map(words.continues),
  ];
}

const exchangeTexts = (): string[] => [
  ...stringsIn([
    exchangeText.exportDialog(),
    exchangeText.exportForms(1),
    exchangeText.exportForms(5),
    exchangeText.exportAllDialog(),
    exchangeText.chargesDialog(),
    exchangeText.importSources(),
    exchangeText.importDialog(),
  ]),
  exchangeText.noConversations(),
  exchangeText.exported('1'),
  ...[1, 5].flatMap((count) => [
    exchangeText.exportedAll(count),
    exchangeText.exportedTo(count, '/'),
    exchangeText.foundOnMachine(count),
  ]),
  exchangeText.exportStopped('/'),
  exchangeText.exportFailed('/', '404'),
  exchangeText.chargesExported('/'),
  exchangeText.openLabel(),
  exchangeText.importing('1'),
  exchangeText.showImportReport(),
  exchangeText.progressText(1, null),
  exchangeText.progressText(1, 2),
];

function failureTexts(): string[] {
  const replies = [
    undefined,
    { model: undefined, nextModel: undefined, endedAtMs: 0, canContinue: false },
    { model: samples.MODEL, nextModel: samples.OTHER, endedAtMs: 0, canContinue: true },
  ];
  return samples.FAILURE_CODES.flatMap((code) =>
    replies.flatMap((reply) =>
      [
        samples.aFailure(code),
        samples.aFailure(code, { detail: '404', host: '1.2', retryAfterMs: 9_000 }),
        ...(code === 'CONTEXT_TOO_LONG' ? NAMED_CONTEXTS : []),
      ].flatMap((failure) => noticeTexts(describeFailure(failure, reply))),
    ),
  );
}

const NAMED_CONTEXTS = [
  'Maximum context length is 8,192 tokens',
  'maximum context length is 131072 tokens. However, you requested about 139521 tokens',
].map((detail) => samples.aFailure('CONTEXT_TOO_LONG', { detail }));

function historyTexts(): string[] {
  const entry = {
    ...{ id: '1', runLabel: '417', title: '1', model: '1/2', costText: '$1', updatedAtMs: 0, tags: ['1'] },
    ...{ pinned: true, archived: true, isFork: false },
  };
  return [
    historyText.openConversationTitle(),
    ...stringsIn([
      historyText.listItem(entry),
      historyText.searchItem(9_000, 2_000),
      historyText.renameInput('417'),
      historyText.tagInput('417'),
      historyText.confirmDelete('417', '1'),
    ]),
    historyText.invalidTitle(200),
    ...[true, false].map((isArchived) => historyText.archivedText('417', isArchived)),
    historyText.deletedText('417', '1'),
    historyText.undoLabel(),
    historyText.noConversationOpen(),
  ];
}

function importTexts(): string[] {
  const [about] = samples.SUBJECTS;
  const remarks = [
    ...samples.SUBJECTS.map((subject) => ({ about: subject, problem: { kind: 'stopped' } as const })),
    ...samples.PROBLEMS.map((problem) => ({ about: about!, problem })),
  ];
  const reports = [[], remarks.slice(0, 1), remarks].map((some) => ({
    ...{ added: 1, updated: 5, unchanged: 0, remarks: some },
  }));
  return reports.flatMap((report) => [importText.importSummary('1', report), importText.importDocument('1', report)]);
}

const keyTexts = (): string[] => [
  ...stringsIn([keyText.keyInput('://1.2'), keyText.confirmRemoveKey('://1.2')]),
  keyText.keyHasSpaces(),
  keyText.keyNotStored(),
  keyText.keyWorks(undefined),
  keyText.keyWorks(samples.cents(5)),
];

/** The address itself is not a text. */
const linkTexts = (): string[] => [
  linkText.notAWebAddress(),
  ...stringsIn(
    linkText.confirmLink(new URL('https://1.2.3.4/'), ['userName', 'longQuery', 'internationalHost', 'numericHost']),
  ).map((text) => text.replace(/https/g, '')),
];

function meterTexts(): string[] {
  const { spend, status } = samples;
  const conversation = { runNumber: 417, costNanoUsd: nanoUsd(1) };
  const rows = [
    meterText.tooltipRows({ spend, statuses: [status(1, null), status(1, 500, 'month')], conversation }),
    meterText.tooltipRows({ spend, statuses: [status(1, 5), status(1, null)], conversation: undefined }),
  ];
  return [
    meterText.meterName(),
    meterText.meterLabel('$1'),
    meterText.dayAheadText('2031'),
    ...stringsIn(rows).map((text) => text.replace('R·0417', '')),
  ];
}

function modelTexts(): string[] {
  const asked = {
    model: samples.MODEL,
    listed: samples.MODELS[0],
    insteadOf: samples.OTHER,
    insteadOfListed: undefined,
  };
  return [
    ...[undefined, ...samples.MODELS].map(modelText.priceText),
    modelText.priceLoading(),
    ...samples.CHOICES.map(modelText.choiceDetail),
    ...(['favourites', 'used', 'all'] as const).map(modelText.groupName),
    ...stringsIn(modelText.pickerLabels()),
    modelText.pickerTitle(true, '1', 86_400_000),
    modelText.pickerTitle(false, undefined, null),
    ...[1, 5].map(modelText.modelsListed),
    modelText.modelListFailed('404'),
    ...stringsIn([
      modelText.confirmUnknownPriceText(samples.MODEL),
      modelText.confirmMoreExpensiveText({ ...asked, worstCaseNanoUsd: null }),
      modelText.confirmMoreExpensiveText({ ...asked, worstCaseNanoUsd: samples.cents(5) }),
    ]),
  ];
}

const panelTexts = (): string[] => [
  ...(['reported', 'estimated', 'pending', 'unknown'] as const).flatMap((source) => [
    panelWords.cost({ costNanoUsd: null, source }),
    panelWords.cost({ costNanoUsd: samples.cents(1), source }),
  ]),
  ...[null, nanoUsd(0), samples.cents(5)].map(panelWords.worstCase),
  panelWords.approximately(1_240),
  panelWords.shortened(1_900),
  ...[1, 5].map(panelWords.omitted),
];
