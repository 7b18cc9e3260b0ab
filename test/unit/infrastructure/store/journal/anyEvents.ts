import fc from 'fast-check';
import type { FailureReason } from '../../../../../src/domain/failure';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { added, appended, attempted, billed, created, ended, renamed, reserved, settled } from '../storeEvents';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../../../src/domain/ids';
import { nanoUsd } from '../../../../../src/domain/money';

/** Strings of arbitrary UTF-16 code units, weighted towards difficult ones. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(0, 0x1a, 0xfeff, 0xd83e, 0xdde7, 0xd800, 0xdfff, 0x0a, 0x22, 0x5c, 0xffff),
      },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
    ),
    { maxLength: 24 },
  )
  .map((units) => String.fromCharCode(...units));

const CONVERSATIONS = ['c1', 'c2'];
const MESSAGES = ['m1', 'm2', 'm3', 'm4'];
const RESERVATIONS = ['r1', 'r2', 'r3'];
/** One is lower than the cost of settlements, so that overruns occur. */
const WORST_CASES: Readonly<Record<string, number>> = { r1: 1, r2: 1_000_000, r3: 5_000_000_000_000 };

const conversation = fc.constantFrom(...CONVERSATIONS);
const message = fc.constantFrom(...MESSAGES);
const reservation = fc.constantFrom(...RESERVATIONS);
const atMs = fc.integer({ min: 0, max: 2_000_000_000_000 });
const amount = fc.integer({ min: 0, max: 5_000_000_000_000 }).map(nanoUsd);
const textOrNull = fc.option(anyText);
const tokens = fc.nat(200_000);
const usage = fc.record({
  promptTokens: tokens,
  completionTokens: tokens,
  reasoningTokens: tokens,
  cachedTokens: tokens,
  cacheWriteTokens: tokens,
});
const duration = fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }).map((ms) => ms + 0));
const generation = fc.option(anyText.map(generationId));

const attachment = fc.record({
  id: anyText,
  kind: fc.constantFrom('selection', 'file'),
  path: anyText,
  startLine: tokens,
  endLine: tokens,
  languageId: anyText,
  text: anyText,
});

const failure = fc.record(
  {
    code: fc.constantFrom('TRUNCATED', 'STALLED', 'RATE_LIMIT'),
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

/** A unique run number per conversation. Shared run numbers are tested elsewhere. */
const anyCreated = fc
  .record({
    id: conversation,
    title: anyText,
    model: anyText.map(modelId),
    systemPrompt: anyText,
    personaId: textOrNull,
    atMs,
  })
  .map(({ id, ...over }) => created(id, { ...over, runNumber: CONVERSATIONS.indexOf(id) + 1 }));

const anyAdded = fc
  .record({
    parentId: fc.option(message.map(messageId)),
    role: fc.constantFrom('system', 'user', 'assistant'),
    content: anyText,
    attachments: fc.array(attachment, { maxLength: 2 }),
    state: fc.constantFrom('complete', 'streaming', 'interrupted', 'cancelled', 'failed'),
    model: fc.option(anyText.map(modelId)),
    truncatedMessages: tokens,
    continues: fc.option(message.map(messageId)),
    atMs,
  })
  .chain((over) => fc.tuple(conversation, message).map(([c, m]) => added(c, m, over)));

/** Numbers that often collide and often have gaps. */
const anyAttempted = fc
  .record({
    attempt: fc.integer({ min: 1, max: 4 }),
    model: anyText.map(modelId),
    failure,
    elapsedMs: fc.double({ min: 0, max: 1e7, noNaN: true }).map((ms) => ms + 0),
    atMs,
  })
  .chain((over) => fc.tuple(conversation, message).map(([c, m]) => attempted(c, m, over)));

const offset = fc.oneof(fc.nat(12), fc.nat(60));

const anyAppended = fc
  .record({
    c: conversation,
    m: message,
    at: offset,
    content: anyText,
    reasoningOffset: offset,
    reasoning: anyText,
    atMs,
  })
  .map(({ c, m, at, content, ...over }) => appended(c, m, at, content, over));

const cost = fc.record({
  costNanoUsd: fc.option(amount),
  source: fc.constantFrom('reported', 'estimated', 'unknown', 'pending'),
});

const anyEnded = fc
  .record({
    state: fc.constantFrom('complete', 'interrupted', 'cancelled', 'failed'),
    failure: fc.option(failure),
    model: fc.option(anyText.map(modelId)),
    provider: textOrNull,
    usage: fc.option(usage),
    cost,
    timeToFirstTokenMs: duration,
    latencyMs: duration,
    finishReason: textOrNull,
    generationId: generation,
    atMs,
  })
  .chain((over) => fc.tuple(conversation, message).map(([c, m]) => ended(c, m, over)));

const anyBilled: fc.Arbitrary<StoreEvent> = fc
  .record({ cost, usage: fc.option(usage), provider: textOrNull, atMs })
  .chain((over) => fc.tuple(conversation, message).map(([c, m]) => billed(c, m, over)));

/** Few values, so that two settlements are often equal. */
const settlement = fc.record({
  costNanoUsd: fc.nat(3).map(nanoUsd),
  source: fc.constantFrom('reported', 'estimated'),
  settledBy: fc.constantFrom('stream', 'generation', 'person'),
  estimateNanoUsd: fc.option(amount),
  usage: fc.option(usage),
  provider: textOrNull,
  generationId: generation,
  atMs: fc.nat(3),
});

/** Few reservations, so that several windows often settle the same one. */
export const anySpend: fc.Arbitrary<StoreEvent> = fc.oneof(
  fc.tuple(reservation, fc.option(tokens)).map(([id, asked]) => ({
    ...reserved(id, WORST_CASES[id]),
    quote: asked === null ? null : { promptTokens: asked, maxTokens: 1000 },
  })),
  fc.tuple(reservation, settlement).map(([id, over]): StoreEvent => ({ ...settled(id), ...over })),
  fc.tuple(reservation, anyText, atMs).map(([id, gen, at]): StoreEvent => ({
    type: 'spend.identified',
    reservationId: reservationId(id),
    generationId: generationId(gen),
    atMs: at,
  })),
  fc
    .tuple(reservation, atMs)
    .map(([id, at]): StoreEvent => ({ type: 'spend.released', reservationId: reservationId(id), atMs: at })),
  fc
    .tuple(fc.constantFrom('vendor/model', 'vendor/other'), atMs)
    .map(([model, at]): StoreEvent => ({ type: 'spend.overrunAccepted', model: modelId(model), atMs: at })),
);

/** Tags, pins, archive and deletion: the last window wins. */
const anyFiling: fc.Arbitrary<StoreEvent> = fc
  .tuple(conversation, fc.boolean(), fc.array(anyText, { maxLength: 3 }), message, atMs)
  .chain(([c, on, tags, leaf, at]) => {
    const of = { conversationId: conversationId(c), atMs: at };
    return fc.constantFrom<StoreEvent>(
      { type: 'conversation.tagged', ...of, tags },
      { type: 'conversation.pinned', ...of, pinned: on },
      { type: 'conversation.archived', ...of, archived: on },
      { type: 'conversation.deleted', ...of, deleted: on },
      { type: 'branch.chosen', ...of, leafId: messageId(leaf) },
    );
  });

/** Events with few ids, so that many are repeated, out of order, or for a wrong or unknown message. */
export const anyEvent: fc.Arbitrary<StoreEvent> = fc.oneof(
  { weight: 2, arbitrary: anyCreated },
  { weight: 4, arbitrary: anyAdded },
  { weight: 8, arbitrary: anyAppended },
  { weight: 5, arbitrary: anyAttempted },
  { weight: 4, arbitrary: anyEnded },
  { weight: 3, arbitrary: anyBilled },
  { weight: 5, arbitrary: anySpend },
  { weight: 3, arbitrary: anyFiling },
  { weight: 1, arbitrary: fc.tuple(conversation, anyText, atMs).map(([c, title, at]) => renamed(c, title, at)) },
  {
    weight: 1,
    arbitrary: fc.tuple(conversation, anyText, atMs).map(([c, model, at]): StoreEvent => ({
      type: 'conversation.modelChosen',
      conversationId: conversationId(c),
      model: modelId(model),
      atMs: at,
    })),
  },
);

export const conversationIds = CONVERSATIONS.map(conversationId);
