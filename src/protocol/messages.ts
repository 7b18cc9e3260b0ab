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

/** Increased when the meaning of a message changes. A panel with another version is asked to reload. */
export const PROTOCOL_VERSION = 3;

/** Longest text in one message, in UTF-16 units. Far above the input limit, small enough to be harmless. */
export const MAX_MESSAGE_CHARACTERS = 2_000_000;

const requestId = z.string().min(1).max(64);
const text = z.string().max(MAX_MESSAGE_CHARACTERS);
const id = z.string().min(1).max(128);
/** Conversations per page of the list. */
export const HISTORY_PAGE = 500;
export const MAX_TITLE_CHARACTERS = 200;
export const MAX_TAGS = 16;
export const MAX_TAG_CHARACTERS = 40;

/** Panel → host. A panel can't specify a URL to fetch, a path, a key or a limit. */
export const panelMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.number() }),
  /** The panel missed a patch and needs a snapshot. */
  z.object({ type: z.literal('resync') }),
  /** A repeated `clientMessageId` gets the first answer again and sends nothing. */
  z.object({ type: z.literal('send'), requestId, clientMessageId: id, text }),
  z.object({ type: z.literal('stop'), requestId }),
  z.object({ type: z.literal('newConversation'), requestId }),
  z.object({ type: z.literal('openConversation'), requestId, conversationId: id }),
  /** Pinned conversations first, then newest first. */
  z.object({
    type: z.literal('listConversations'),
    requestId,
    filter: z.enum(['active', 'archived']),
    offset: z.number().int().nonnegative(),
  }),
  /** Words, "phrases" and filters: `tag: model: role: before: after: cost>`. */
  z.object({ type: z.literal('search'), requestId, text: z.string().max(1000) }),
  /** Shows the message and makes its branch the current one. */
  z.object({ type: z.literal('openMessage'), requestId, conversationId: id, messageId: id }),
  /** Sends the same question again. The new reply is a sibling of the old one. */
  z.object({ type: z.literal('regenerate'), requestId, entryId: id }),
  /**
   * Continues a reply that was interrupted, cut off or stopped. The new reply is a sibling that begins with its text.
   */
  z.object({ type: z.literal('continueReply'), requestId, entryId: id }),
  /** Sends an edited question as a new branch. */
  z.object({ type: z.literal('edit'), requestId, clientMessageId: id, entryId: id, text }),
  /** Switches to the branch of the previous or next sibling. */
  z.object({ type: z.literal('chooseSibling'), requestId, entryId: id, step: z.union([z.literal(-1), z.literal(1)]) }),
  /** Creates a conversation that begins with everything up to and including the entry. */
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
  /** Confirmed in the panel. `deleted: false` undoes it. */
  z.object({ type: z.literal('delete'), requestId, conversationId: id, deleted: z.boolean() }),
  z.object({ type: z.literal('removeAttachment'), requestId, attachmentId: id }),
  z.object({ type: z.literal('copy'), requestId, text }),
  z.object({ type: z.literal('insertAtCursor'), requestId, text }),
  z.object({ type: z.literal('openInNewFile'), requestId, text, languageId: z.string().max(64) }),
  /** The host checks the address and asks the user before opening it. */
  z.object({ type: z.literal('openLink'), requestId, href: z.string().max(8192) }),
  z.object({ type: z.literal('noticeAction'), requestId, action: noticeAction, entryId: id.nullable() }),
  z.object({ type: z.literal('selectModel'), requestId }),
  z.object({ type: z.literal('openBudgetMenu'), requestId }),
  /** Statistics on the replies of the last 30 days, for the selected model or all models. */
  z.object({ type: z.literal('telemetry'), requestId, scope: z.enum(['model', 'all']) }),
  /** Unsent text, kept across restarts. No answer. */
  z.object({ type: z.literal('draftChanged'), text }),
]);
export type PanelMessage = z.infer<typeof panelMessage>;
/** Messages that get exactly one `answer`. */
export type PanelRequest = Extract<PanelMessage, { requestId: string }>;

/** One change to the panel's replica. Applying it twice has no further effect. */
export const panelChange = z.discriminatedUnion('type', [
  /** Replaces the entry with the same id, or appends a new one. */
  z.object({ type: z.literal('entry'), entry: entryView }),
  /**
   * More text of a streaming entry at the given offsets (UTF-16 units). An offset past the end means a missed patch.
   */
  z.object({
    type: z.literal('text'),
    entryId: z.string(),
    contentOffset: z.number().int().nonnegative(),
    content: z.string(),
    reasoningOffset: z.number().int().nonnegative(),
    reasoning: z.string(),
    costText: z.string(),
  }),
  /** The conversation without its entries. */
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
  /** One page. `total` counts the whole filtered list, `archivedTotal` the archived conversations. */
  z.object({
    kind: z.literal('conversations'),
    conversations: z.array(historyEntryView),
    total: z.number().int(),
    archivedTotal: z.number().int(),
  }),
  /** `conversations`: a few whose titles match. `complete` is false if there are more hits. */
  z.object({
    kind: z.literal('hits'),
    conversations: z.array(historyEntryView),
    hits: z.array(searchHitView),
    complete: z.boolean(),
  }),
  z.object({ kind: z.literal('telemetry'), telemetry: telemetryView }),
  /** Nothing was done. The notice says why and what to do. */
  z.object({ kind: z.literal('refused'), notice: noticeView }),
]);
export type Answer = z.infer<typeof answer>;

/** Host → panel. `epoch` increases with every conversation shown, `seq` by one with every patch within an epoch. */
export const hostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), epoch: z.number().int(), seq: z.number().int(), view: panelView }),
  z.object({ type: z.literal('patch'), epoch: z.number().int(), seq: z.number().int(), changes: z.array(panelChange) }),
  z.object({ type: z.literal('answer'), requestId: z.string(), answer }),
  z.object({ type: z.literal('focusComposer') }),
  /** Scrolls to the entry and highlights it briefly. Sent after the snapshot that contains it. */
  z.object({ type: z.literal('reveal'), entryId: z.string() }),
  /** Opens the history drawer and focuses its search field. */
  z.object({ type: z.literal('openHistory') }),
  /** The content of an open history drawer is outdated. */
  z.object({ type: z.literal('historyChanged') }),
  /** Text for the composer. It does not replace text that the user typed. */
  z.object({ type: z.literal('draft'), text: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessage>;
