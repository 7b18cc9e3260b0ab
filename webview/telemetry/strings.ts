import * as l10n from '@vscode/l10n';
import type { CircuitView, TelemetryView } from '../../src/protocol/views';
import { formatCount } from '../shared/format';
import { plural } from '../shared/localization';

const CIRCUIT_STATES: Readonly<Record<CircuitView['state'], () => string>> = {
  closed: () => l10n.t('closed'),
  open: () => l10n.t('open'),
  halfOpen: () => l10n.t('testing'),
};

const ENDED: Readonly<Record<keyof TelemetryView['ended'], () => string>> = {
  complete: () => l10n.t('complete'),
  cancelled: () => l10n.t('stopped'),
  interrupted: () => l10n.t('interrupted'),
  failed: () => l10n.t('failed'),
};

export const strings = {
  streamingReply: () => l10n.t('Streaming reply'),
  connecting: () => l10n.t('connecting'),
  thinking: () => l10n.t('model is thinking'),
  stillThinking: () => l10n.t('model is still thinking'),
  nextRequestIn: (duration: string) => l10n.t('in {0}', duration),
  nextRequestNow: () => l10n.t('now'),
  stop: () => l10n.t('Stop'),

  telemetry: () => l10n.t('Telemetry'),
  close: () => l10n.t('Close telemetry'),
  tokenVelocity: () => l10n.t('Token velocity'),
  tokensPerSecondUnit: () => l10n.t('tok/s'),
  lastReply: () => l10n.t('last reply'),
  noReplyYet: () => l10n.t('no reply yet'),
  contextUsedOf: (percent: string, tokens: string) => l10n.t('{0} of {1} tokens used', percent, tokens),
  contextUsed: (percent: string) => l10n.t('{0} used', percent),
  contextSizeUnknown: () => l10n.t('size unknown'),
  firstToken: () => l10n.t('Time to first token'),
  percentiles: (p50: string, p95: string) => l10n.t('p50 {0} · p95 {1}', p50, p95),
  replies: (count: number) =>
    plural(count, { one: l10n.t('{0} reply', formatCount(count)), other: l10n.t('{0} replies', formatCount(count)) }),
  conversationCost: () => l10n.t('Conversation cost'),

  circuit: () => l10n.t('Circuit'),
  circuitState: (state: CircuitView['state']) => CIRCUIT_STATES[state](),
  circuitFailures: (failures: string, threshold: string) => l10n.t('{0} of {1} failures', failures, threshold),
  circuitTestIn: (duration: string) => l10n.t('test in {0}', duration),
  circuitTestDue: () => l10n.t('next message is a test'),
  circuitTesting: () => l10n.t('test in progress'),

  recentReplies: () => l10n.t('Replies · last 30 days'),
  models: () => l10n.t('Models'),
  thisModel: () => l10n.t('this model'),
  allModels: () => l10n.t('all models'),
  noFinishedReplies: () => l10n.t('No finished replies yet.'),
  ended: (state: keyof TelemetryView['ended']) => ENDED[state](),
  medianAndP95: (median: string, p95: string) => l10n.t('median {0} · p95 {1}', median, p95),
  medianAndP10: (median: string, p10: string) => l10n.t('median {0} · p10 {1}', median, p10),
  failures: () => l10n.t('Failures'),
  retried: (count: string) => l10n.t('{0} retried', count),
  partialReplies: () => l10n.t('Partial replies'),
  partialMedian: (characters: string) => l10n.t('median {0} characters kept', characters),
  partialEmpty: (count: string) => l10n.t('{0} without text', count),
};
