import type { Answer } from '../../src/protocol/messages';
import type {
  BudgetView,
  TelemetryView,
  EntryView,
  HistoryEntryView,
  LiveView,
  NoticeView,
  PanelView,
  QuoteView,
  SearchHitView,
} from '../../src/protocol/views';

const START_MS = new Date(2026, 10, 20, 14, 2, 11).getTime();

export function question(content: string, more: Partial<EntryView> = {}): EntryView {
  return {
    id: `q-${content.slice(0, 24)}`,
    role: 'user',
    state: 'complete',
    content,
    reasoning: '',
    attachments: [],
    createdAtMs: START_MS,
    model: null,
    provider: null,
    costText: '',
    costSource: 'reported',
    promptTokens: null,
    completionTokens: null,
    latencyMs: null,
    timeToFirstTokenMs: null,
    tokensPerSecond: null,
    omittedMessages: 0,
    attempts: [],
    continues: null,
    continuedCostText: '',
    canContinue: false,
    failure: null,
    siblingNumber: 1,
    siblingCount: 1,
    isInherited: false,
    ...more,
  };
}

export function reply(content: string, more: Partial<EntryView> = {}): EntryView {
  return {
    ...question(content),
    id: `r-${content.slice(0, 24)}`,
    role: 'assistant',
    createdAtMs: START_MS + 2000,
    model: 'anthropic/claude-sonnet-5',
    provider: 'Anthropic',
    costText: '$0.0162',
    promptTokens: 412,
    completionTokens: 1033,
    latencyMs: 1240,
    timeToFirstTokenMs: 412,
    tokensPerSecond: 84,
    ...more,
  };
}

/** A streaming reply. */
export function streamingReply(content: string, more: Partial<EntryView> = {}): EntryView {
  return reply(content, {
    id: 'r-stream',
    state: 'streaming',
    costText: '≈ $0.0019',
    costSource: 'estimated',
    promptTokens: null,
    completionTokens: null,
    latencyMs: null,
    timeToFirstTokenMs: null,
    tokensPerSecond: null,
    createdAtMs: START_MS + 150_000,
    ...more,
  });
}

export const velocity = [30, 34, 33, 48, 46, 61, 58, 74, 60, 70, 75, 68, 80, 77, 84, 79, 82, 76, 80, 85, 81, 84];

export function live(more: Partial<LiveView> = {}): LiveView {
  return {
    entryId: 'r-stream',
    tokensPerSecond: 84,
    velocity,
    elapsedMs: 6400,
    phase: 'streaming',
    retryText: '',
    waitMs: null,
    costText: '≈ $0.0019',
    ...more,
  };
}

export function notice(more: Partial<NoticeView> = {}): NoticeView {
  return {
    code: 'TOO_SOON',
    severity: 'warning',
    title: 'Sent twice?',
    detail: 'Two seconds must lie between two messages.',
    waitUntilMs: null,
    actions: [],
    ...more,
  };
}

export function budget(more: Partial<BudgetView> = {}): BudgetView {
  return {
    period: 'day',
    spentText: '$0.3139',
    limitText: '$5.00',
    reservedText: '',
    pendingText: '',
    keyText: '',
    fraction: 0.0628,
    unsettledFraction: 0,
    warnFraction: 0.8,
    level: 'ok',
    ...more,
  };
}

export function quote(more: Partial<QuoteView> = {}): QuoteView {
  return { tokensText: '≈ 1,240', costText: '≤ $0.0451', level: 'ok', detail: '', waitUntilMs: null, ...more };
}

export function panelView(
  more: Partial<Omit<PanelView, 'conversation'>> & { conversation?: Partial<PanelView['conversation']> } = {},
): PanelView {
  const { conversation, ...rest } = more;
  return {
    live: null,
    budget: budget(),
    connection: { origin: 'https://openrouter.ai', isOpenRouter: true, needsKey: false },
    model: { id: 'anthropic/claude-sonnet-5', priceText: '3/15 $/M', contextLength: 200_000 },
    quote: null,
    circuit: { state: 'closed', failures: 0, threshold: 5, untilMs: null },
    attachments: [],
    banner: null,
    theme: 'auto',
    ...rest,
    conversation: {
      id: 'c-1',
      runLabel: 'R·0417',
      title: 'Why does the SSE parser drop the last event',
      costText: '$0.0162',
      branchCostText: '',
      tags: [],
      pinned: false,
      archived: false,
      forkedFrom: null,
      contextFraction: 0.37,
      entries: [],
      ...conversation,
    },
  };
}

export function emptyView(more: Partial<Omit<PanelView, 'conversation'>> = {}): PanelView {
  return panelView({
    ...more,
    conversation: { id: null, runLabel: '', title: '', costText: '', contextFraction: 0, entries: [] },
  });
}

export const selection = {
  id: 'a-1',
  label: 'src/parser.ts:12–48',
  languageId: 'typescript',
  text: 'export function flush(pending: string): void {\n  if (pending === "") return;\n  emit(pending);\n}\n',
};

export const firstExchange: readonly EntryView[] = [
  question('Why does this drop the last event when the server closes early?', { attachments: [selection] }),
  reply(
    'The buffer is flushed only on a blank line. When the socket closes first, the trailing event is still in `pending`, and nothing emits it:\n\n```ts\nif (done) {\n  // flush what is pending\n  emit(pending + "\\n\\n");\n}\n```\n\nThe specification says that an unterminated event is discarded, so first decide which of the two you want.',
  ),
];

export const streamingText =
  'The specification accepts CR, LF and CRLF, so a CR that ends one chunk may be the first half of a pair';

export function streamingView(content = streamingText): PanelView {
  return panelView({
    live: live(),
    conversation: {
      entries: [
        ...firstExchange,
        question('And for CRLF?', { createdAtMs: START_MS + 149_000 }),
        streamingReply(content),
      ],
    },
    budget: budget({ reservedText: '$0.0146', unsettledFraction: 0.0025 }),
  });
}

/** A fork with tags, inherited messages and its own branches. */
export function forkView(): PanelView {
  const shared = firstExchange.map((entry) => ({ ...entry, isInherited: true }));
  return panelView({
    conversation: {
      runLabel: 'R·0418',
      title: 'Try a TransformStream',
      costText: '$0.0421',
      branchCostText: '$0.0162',
      tags: ['sse', 'parser', 'streams', 'review'],
      pinned: true,
      archived: true,
      forkedFrom: {
        conversationId: 'c-1',
        messageId: 'm-2',
        runLabel: 'R·0417',
        title: 'Why does the SSE parser drop the last event',
      },
      entries: [
        ...shared,
        question('And for CRLF?', { id: 'q-crlf', createdAtMs: START_MS + 149_000, siblingNumber: 1, siblingCount: 2 }),
        reply(
          'The specification accepts CR, LF and CRLF, so a CR that ends one chunk may be the first half of a pair. An event is dispatched once its line is known to be over.',
          {
            id: 'r-crlf',
            createdAtMs: START_MS + 150_000,
            siblingNumber: 2,
            siblingCount: 3,
          },
        ),
      ],
    },
  });
}

export function telemetry(more: Partial<TelemetryView> = {}): TelemetryView {
  return {
    ended: { complete: 1038, interrupted: 2, cancelled: 4, failed: 3 },
    failures: [
      { code: 'OVERLOADED', label: 'Overloaded', ended: 1, retried: 5 },
      { code: 'RATE_LIMIT', label: 'Rate limited', ended: 0, retried: 2 },
      { code: 'TRUNCATED', label: 'Cut off', ended: 2, retried: 0 },
    ],
    partial: { count: 6, empty: 1, medianCharacters: 1204 },
    firstToken: {
      boundsMs: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
      counts: [40, 512, 301, 120, 44, 12, 3, 1, 5],
      medianMs: 412,
      p95Ms: 1980,
    },
    tokensPerSecond: { count: 990, median: 84.2, p10: 31 },
    ...more,
  };
}

export const telemetryAnswer = (more: Partial<TelemetryView> = {}): Answer => ({
  kind: 'telemetry',
  telemetry: telemetry(more),
});

const HISTORY_TITLES: readonly [string, number, string, Partial<HistoryEntryView>?][] = [
  ['Why does the SSE parser drop the last event', 0, '$0.0162', { tags: ['sse', 'parser'] }],
  ['Unit tests for the budget guard', 0, '$0.2201'],
  ['Cheaper model for summaries?', 1, 'cost unknown'],
  [
    'Regex that is linear on hostile input, with an explanation of why the old one was not',
    1,
    '$0.0044',
    { tags: ['security', 'a tag that is long enough to be cut', 'regex', 'review'] },
  ],
  ['Journal format', 3, '$0.0310', { pinned: true, tags: ['store'] }],
  ['Compare sql.js with node:sqlite for full-text search', 5, '$0.1189', { isFork: true }],
  ['First steps', 40, '$0.0007'],
];

/** Relative to today because the drawer groups by age. Newest first, as sent by the host. */
export function history(): HistoryEntryView[] {
  return HISTORY_TITLES.map(([title, daysAgo, costText, more], index) =>
    historyEntry(index, title, daysAgo, { costText, ...more }),
  );
}

export function historyEntry(
  index: number,
  title: string,
  daysAgo: number,
  more: Partial<HistoryEntryView> = {},
): HistoryEntryView {
  const noonMs = new Date().setHours(12, 0, 0, 0);
  return {
    id: `c-${index + 1}`,
    runLabel: `R·${String(417 - index).padStart(4, '0')}`,
    title,
    model: index % 2 === 0 ? 'anthropic/claude-sonnet-5' : 'openai/gpt-5.2-mini',
    costText: '$0.0100',
    updatedAtMs: noonMs - daysAgo * 86_400_000 - index * 60_000,
    tags: [],
    pinned: false,
    archived: false,
    isFork: false,
    ...more,
  };
}

/** The whole list in one page. */
export function historyAnswer(conversations: HistoryEntryView[] = history(), archivedTotal = 2): Answer {
  return { kind: 'conversations', conversations, total: conversations.length, archivedTotal };
}

export function searchHit(more: Partial<SearchHitView> = {}): SearchHitView {
  return {
    conversationId: 'c-2',
    messageId: 'm-7',
    runLabel: 'R·0416',
    title: 'Unit tests for the budget guard',
    archived: false,
    role: 'assistant',
    model: 'anthropic/claude-sonnet-5',
    createdAtMs: START_MS,
    costText: '$0.0442',
    excerpt: [
      '…reserves the worst case before the ',
      'request',
      ' goes out, and releases it only when no ',
      'request',
      ' was charged…',
    ],
    ...more,
  };
}
