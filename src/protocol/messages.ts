import * as z from 'zod';
import { attachmentView, budgetView, connectionView, conversationView, entryView, historyEntryView, liveView, modelView, noticeAction, noticeView, panelView } from './views';

/** Raised when a message changes its meaning; a panel of another version is told to reload. */
export const PROTOCOL_VERSION = 1;

/** Longest text that a panel may send in one message (UTF-16 units): far above the input limit, far below harm. */
export const MAX_MESSAGE_CHARACTERS = 2_000_000;

const requestId = z.string().min(1).max(64);
const text = z.string().max(MAX_MESSAGE_CHARACTERS);
const id = z.string().min(1).max(128);

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
  z.object({ type: z.literal('listConversations'), requestId }),
  z.object({ type: z.literal('removeAttachment'), requestId, attachmentId: id }),
  z.object({ type: z.literal('copy'), requestId, text }),
  z.object({ type: z.literal('insertAtCursor'), requestId, text }),
  z.object({ type: z.literal('openInNewFile'), requestId, text, languageId: z.string().max(64) }),
  /** The host checks the address and asks the person before it opens anything. */
  z.object({ type: z.literal('openLink'), requestId, href: z.string().max(8192) }),
  z.object({ type: z.literal('noticeAction'), requestId, action: noticeAction, entryId: id.nullable() }),
  z.object({ type: z.literal('selectModel'), requestId }),
  z.object({ type: z.literal('openBudgetMenu'), requestId }),
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
  z.object({ type: z.literal('attachments'), attachments: z.array(attachmentView) }),
  z.object({ type: z.literal('banner'), banner: noticeView.nullable() }),
]);
export type PanelChange = z.infer<typeof panelChange>;

export const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok') }),
  z.object({ kind: z.literal('conversations'), conversations: z.array(historyEntryView) }),
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
  /** Text that a command puts into the composer; never over text that is already there. */
  z.object({ type: z.literal('draft'), text: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessage>;
