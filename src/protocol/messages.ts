import * as z from 'zod';
import {
  attachmentView,
  budgetView,
  circuitView,
  connectionView,
  conversationView,
  entryView,
  historyEntryView,
  liveView,
  modelView,
  noticeAction,
  noticeView,
  panelView,
  quoteView,
  searchHitView,
  telemetryView,
} from './views';

/** Raised when a message changes its meaning; a panel of another version is told to reload. */
export const PROTOCOL_VERSION = 3;

/** Longest text that a panel may send in one message (UTF-16 units): far above the input limit, far below harm. */
export const MAX_MESSAGE_CHARACTERS = 2_000_000;

const requestId = z.string().min(1).max(64);
const text = z.string().max(MAX_MESSAGE_CHARACTERS);
const id = z.string().min(1).max(128);
/** Conversations in one answer; a longer list comes in pages. */
export const HISTORY_PAGE = 500;
export const MAX_TITLE_CHARACTERS = 200;
export const MAX_TAGS = 16;
export const MAX_TAG_CHARACTERS = 40;

/** Panel → host. A panel never names a URL to fetch, a path, a key or a limit. */
export const panelMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.number() }),
  /** A snapshot is wanted: the panel saw a gap. */
  z.object({ type: z.literal('resync') }),
  /** A repeated `clientMessageId` is answered with the first answer and sends nothing again. */
  z.object({ type: z.literal('send'), requestId, clientMessageId: id, text }),
  z.object({ type: z.literal('stop'), requestId }),
  z.object({ type: z.literal('newConversation'), requestId }),
  z.object({ type: z.literal('openConversation'), requestId, conversationId: id }),
  /** What is pinned first, then newest first. */
  z.object({
    type: z.literal('listConversations'),
    requestId,
    filter: z.enum(['active', 'archived']),
    offset: z.number().int().nonnegative(),
  }),
  /** Words, "phrases" and filters: `tag: model: role: before: after: cost>`. */
  z.object({ type: z.literal('search'), requestId, text: z.string().max(1000) }),
  /** Shows that message in its branch, which becomes the one that is continued. */
  z.object({ type: z.literal('openMessage'), requestId, conversationId: id, messageId: id }),
  /** Asks the same question again; the new reply is a sibling of the old one. */
  z.object({ type: z.literal('regenerate'), requestId, entryId: id }),
  /** Goes on from where that reply was cut or stopped; the new reply is a sibling that begins with its text. */
  z.object({ type: z.literal('continueReply'), requestId, entryId: id }),
  /** Another question in the place of that one, and a reply to it: a new branch. */
  z.object({ type: z.literal('edit'), requestId, clientMessageId: id, entryId: id, text }),
  /** Goes over to the branch of the sibling before or after that entry. */
  z.object({ type: z.literal('chooseSibling'), requestId, entryId: id, step: z.union([z.literal(-1), z.literal(1)]) }),
  /** A new conversation that begins with everything up to and including that entry. */
  z.object({ type: z.literal('fork'), requestId, entryId: id }),
  z.object({ type: z.literal('rename'), requestId, conversationId: id, title: z.string().max(MAX_TITLE_CHARACTERS) }),
  z.object({
    type: z.literal('tag'),
    requestId,
    conversationId: id,
    tags: z.array(z.string().max(MAX_TAG_CHARACTERS)).max(MAX_TAGS),
  }),
  z.object({ type: z.literal('pin'), requestId, conversationId: id, pinned: z.boolean() }),
  z.object({ type: z.literal('archive'), requestId, conversationId: id, archived: z.boolean() }),
  /** The panel has asked; `deleted: false` takes it back. */
  z.object({ type: z.literal('delete'), requestId, conversationId: id, deleted: z.boolean() }),
  z.object({ type: z.literal('removeAttachment'), requestId, attachmentId: id }),
  z.object({ type: z.literal('copy'), requestId, text }),
  z.object({ type: z.literal('insertAtCursor'), requestId, text }),
  z.object({ type: z.literal('openInNewFile'), requestId, text, languageId: z.string().max(64) }),
  /** The host checks the address and asks the person before it opens anything. */
  z.object({ type: z.literal('openLink'), requestId, href: z.string().max(8192) }),
  z.object({ type: z.literal('noticeAction'), requestId, action: noticeAction, entryId: id.nullable() }),
  z.object({ type: z.literal('selectModel'), requestId }),
  z.object({ type: z.literal('openBudgetMenu'), requestId }),
  /** How replies went: of the model shown or of all, of the last 30 days. */
  z.object({ type: z.literal('telemetry'), requestId, scope: z.enum(['model', 'all']) }),
  /** What is typed and not sent, so that it survives the window. No answer. */
  z.object({ type: z.literal('draftChanged'), text }),
]);
export type PanelMessage = z.infer<typeof panelMessage>;
/** Messages that get exactly one `answer`. */
export type PanelRequest = Extract<PanelMessage, { requestId: string }>;

/** A step of the replica. Every change is harmless when it arrives twice. */
export const panelChange = z.discriminatedUnion('type', [
  /** Adds the entry, or replaces the one with its id. New entries go to the end. */
  z.object({ type: z.literal('entry'), entry: entryView }),
  /** More text of a streaming entry from the given offsets (UTF-16 units); an offset past the end is a gap. */
  z.object({
    type: z.literal('text'),
    entryId: z.string(),
    contentOffset: z.number().int().nonnegative(),
    content: z.string(),
    reasoningOffset: z.number().int().nonnegative(),
    reasoning: z.string(),
    costText: z.string(),
  }),
  /** The conversation's own data without its entries. */
  z.object({ type: z.literal('header'), header: conversationView.omit({ entries: true }) }),
  z.object({ type: z.literal('live'), live: liveView.nullable() }),
  z.object({ type: z.literal('budget'), budget: budgetView }),
  z.object({ type: z.literal('connection'), connection: connectionView }),
  z.object({ type: z.literal('model'), model: modelView }),
  z.object({ type: z.literal('quote'), quote: quoteView.nullable() }),
  z.object({ type: z.literal('circuit'), circuit: circuitView }),
  z.object({ type: z.literal('attachments'), attachments: z.array(attachmentView) }),
  z.object({ type: z.literal('banner'), banner: noticeView.nullable() }),
]);
export type PanelChange = z.infer<typeof panelChange>;

export const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok') }),
  /** A page of the shelf; `total` counts all of it, `archivedTotal` the archive. */
  z.object({
    kind: z.literal('conversations'),
    conversations: z.array(historyEntryView),
    total: z.number().int(),
    archivedTotal: z.number().int(),
  }),
  /** `conversations`: those whose title fits, at most a few; `complete` false: there are more hits than these. */
  z.object({
    kind: z.literal('hits'),
    conversations: z.array(historyEntryView),
    hits: z.array(searchHitView),
    complete: z.boolean(),
  }),
  z.object({ kind: z.literal('telemetry'), telemetry: telemetryView }),
  /** Nothing was done; the notice says why and what to do. */
  z.object({ kind: z.literal('refused'), notice: noticeView }),
]);
export type Answer = z.infer<typeof answer>;

/** Host → panel. `epoch` names the conversation shown since when; `seq` rises by one with every patch within it. */
export const hostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), epoch: z.number().int(), seq: z.number().int(), view: panelView }),
  z.object({ type: z.literal('patch'), epoch: z.number().int(), seq: z.number().int(), changes: z.array(panelChange) }),
  z.object({ type: z.literal('answer'), requestId: z.string(), answer }),
  z.object({ type: z.literal('focusComposer') }),
  /** Scrolls to that entry and marks it for a moment. Comes after the snapshot that holds it. */
  z.object({ type: z.literal('reveal'), entryId: z.string() }),
  /** Opens the history drawer with the focus in its search field. */
  z.object({ type: z.literal('openHistory') }),
  /** What an open history drawer shows is no longer so. */
  z.object({ type: z.literal('historyChanged') }),
  /** Text that a command puts into the composer; never over text that is already there. */
  z.object({ type: z.literal('draft'), text: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessage>;
