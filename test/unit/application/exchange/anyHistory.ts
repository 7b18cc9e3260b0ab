import fc from 'fast-check';
import type { FailureReason } from '../../../../src/domain/failure';
import { conversationId, generationId, messageId, modelId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { ConversationEvent } from '../../../../src/domain/storeEvent';
import { anyText } from '../../infrastructure/store/journal/anyEvents';
import { added, appended, attempted, created, ended } from '../../infrastructure/store/storeEvents';

/** What a person and the models may have done, as data: `pick` numbers choose among what exists by then. */
type Deed =
  | {
      readonly kind: 'create';
      readonly title: string;
      readonly systemPrompt: string;
      readonly personaId: string | null;
      readonly forkAt: number | null;
    }
  | {
      readonly kind: 'add';
      readonly pick: number;
      readonly parent: number | null;
      readonly continues: number | null;
      readonly over: Partial<ReturnType<typeof added>>;
    }
  | {
      readonly kind: 'append';
      readonly pick: number;
      readonly offset: number;
      readonly content: string;
      readonly reasoning: string;
    }
  | { readonly kind: 'attempt'; readonly pick: number; readonly over: Partial<ReturnType<typeof attempted>> }
  | { readonly kind: 'end'; readonly pick: number; readonly over: Partial<ReturnType<typeof ended>> }
  | {
      readonly kind: 'file';
      readonly pick: number;
      readonly deed: 'pin' | 'archive' | 'delete' | 'tag' | 'rename' | 'branch';
      readonly yes: boolean;
      readonly text: string;
      readonly leaf: number;
    };

const pick = fc.nat(1000);
const atMs = fc.integer({ min: 0, max: 4_000_000_000_000 });
const tokens = fc.nat(200_000);
const known = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const durationMs = known(fc.double({ min: 0, max: 1e7, noNaN: true }).map((ms) => ms + 0));
const usage = fc.record({
  promptTokens: tokens,
  completionTokens: tokens,
  reasoningTokens: tokens,
  cachedTokens: tokens,
  cacheWriteTokens: tokens,
});
const failure = fc.record(
  {
    code: fc.constantFrom('TRUNCATED', 'UPSTREAM', 'RATE_LIMIT'),
    detail: anyText,
    httpStatus: fc.nat(600),
    retryAfterMs: tokens,
    host: anyText,
    reason: fc.constantFrom<FailureReason>(
      { kind: 'silence', limitMs: 60_000 },
      { kind: 'nameNotResolved', code: 'ENOTFOUND' },
      { kind: 'eventTooLarge', limit: 1_048_576 },
      { kind: 'redirected' },
    ),
  },
  { requiredKeys: ['code', 'detail'] },
);
const attachment = fc.record({
  id: fc.constantFrom('a1', 'a2'),
  kind: fc.constantFrom('selection', 'file'),
  path: anyText,
  startLine: tokens,
  endLine: tokens,
  languageId: anyText,
  text: anyText,
});
const cost = fc.record({
  costNanoUsd: known(fc.integer({ min: 0, max: 100_000_000_000 }).map(nanoUsd)),
  source: fc.constantFrom('reported', 'estimated', 'unknown', 'pending'),
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('create'),
      title: anyText,
      systemPrompt: anyText,
      personaId: known(anyText),
      forkAt: known(pick),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('add'),
      pick,
      parent: known(pick),
      continues: known(pick),
      over: fc.record({
        role: fc.constantFrom('system', 'user', 'assistant'),
        content: anyText,
        attachments: fc.array(attachment, { maxLength: 2 }),
        state: fc.constantFrom('complete', 'streaming', 'interrupted', 'cancelled', 'failed'),
        model: known(anyText.map(modelId)),
        truncatedMessages: tokens,
        atMs,
      }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append'),
      pick,
      offset: fc.nat(20),
      content: anyText,
      reasoning: anyText,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('attempt'),
      pick,
      over: fc.record({
        attempt: fc.constantFrom(1, 1, 2, 3),
        model: anyText.map(modelId),
        failure,
        elapsedMs: fc.double({ min: 0, max: 1e7, noNaN: true }).map((ms) => ms + 0),
        atMs,
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end'),
      pick,
      over: fc.record({
        state: fc.constantFrom('complete', 'interrupted', 'cancelled', 'failed'),
        failure: known(failure),
        model: known(anyText.map(modelId)),
        provider: known(anyText),
        usage: known(usage),
        cost,
        timeToFirstTokenMs: durationMs,
        latencyMs: durationMs,
        finishReason: known(anyText),
        generationId: known(anyText.map(generationId)),
        atMs,
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('file'),
      pick,
      deed: fc.constantFrom('pin', 'archive', 'delete', 'delete', 'tag', 'rename', 'branch'),
      yes: fc.boolean(),
      text: anyText,
      leaf: pick,
    }),
  },
);

interface Place {
  readonly id: string;
  /** Own messages and those it shares. */
  readonly visible: string[];
  readonly own: string[];
}

/** A history of few conversations with forks of forks, branches, and everything that can be known of a message. */
export const anyHistory: fc.Arbitrary<readonly ConversationEvent[]> = fc
  .tuple(fc.array(deed, { minLength: 15, maxLength: 40 }), fc.boolean())
  .map(([deeds, firstGoes]) => {
    const places: Place[] = [];
    const events = deeds.flatMap((d, at) => eventsOf(d, at, places));
    const first = places[0];
    return first && firstGoes
      ? [
          ...events,
          { type: 'conversation.deleted', conversationId: conversationId(first.id), deleted: true, atMs: 9001 },
        ]
      : events;
  });

const chosen = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)];

function eventsOf(d: Deed, at: number, places: Place[]): readonly ConversationEvent[] {
  if (d.kind === 'create') return [createdBy(d, at, places)];
  const place = chosen(places, d.pick);
  if (!place) return [];
  const own = chosen(place.own, d.pick);
  switch (d.kind) {
    case 'add': {
      const parent = d.parent === null ? undefined : chosen(place.visible, d.parent);
      place.own.push(`m${at}`);
      place.visible.push(`m${at}`);
      const continues = d.continues === null ? undefined : chosen(place.visible, d.continues);
      const orNull = (id: string | undefined) => (id === undefined ? null : messageId(id));
      return [added(place.id, `m${at}`, { ...d.over, parentId: orNull(parent), continues: orNull(continues) })];
    }
    case 'attempt':
      return own === undefined ? [] : [attempted(place.id, own, d.over)];
    case 'append':
      return own === undefined
        ? []
        : [appended(place.id, own, d.offset, d.content, { reasoning: d.reasoning, atMs: 5000 + at })];
    case 'end':
      return own === undefined ? [] : [ended(place.id, own, d.over)];
    case 'file':
      return filed(d, place);
  }
}

function createdBy(d: Extract<Deed, { kind: 'create' }>, at: number, places: Place[]): ConversationEvent {
  const source = d.forkAt === null ? undefined : chosen(places, d.forkAt);
  const point = source && chosen(source.visible, d.forkAt ?? 0);
  // What is shared is the path to the fork point; any visible message is near enough for choosing parents and leaves.
  places.push({ id: `c${at}`, own: [], visible: point === undefined ? [] : [point] });
  const forkedFrom =
    source && point !== undefined ? { conversationId: conversationId(source.id), messageId: messageId(point) } : null;
  return created(`c${at}`, {
    runNumber: places.length,
    title: d.title,
    systemPrompt: d.systemPrompt,
    personaId: d.personaId,
    forkedFrom,
    atMs: 1_000_000 + at,
  });
}

function filed(
  { deed: what, yes, text, leaf }: Extract<Deed, { kind: 'file' }>,
  place: Place,
): readonly ConversationEvent[] {
  const about = { conversationId: conversationId(place.id), atMs: 9000 };
  const leafId = chosen(place.visible, leaf);
  switch (what) {
    case 'pin':
      return [{ ...about, type: 'conversation.pinned', pinned: yes }];
    case 'archive':
      return [{ ...about, type: 'conversation.archived', archived: yes }];
    case 'delete':
      return [{ ...about, type: 'conversation.deleted', deleted: yes }];
    case 'tag':
      return [{ ...about, type: 'conversation.tagged', tags: yes ? [text, 'tag'] : [] }];
    case 'rename':
      return [{ ...about, type: 'conversation.renamed', title: text }];
    case 'branch':
      return leafId === undefined ? [] : [{ ...about, type: 'branch.chosen', leafId: messageId(leafId) }];
  }
}
