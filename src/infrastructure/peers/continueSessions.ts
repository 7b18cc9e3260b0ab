import path from 'node:path';
import * as z from 'zod';
import type { Attachment } from '../../domain/conversation';
import type { PeerHistory, PeerReading } from '../../domain/incoming';
import { readJson } from './jsonSalvage';
import { type PeerDraft, aDraft, conversationOf, isPlainId, recordedUsage, timeOf } from './peerDraft';
import { namesIn, readText } from './peerFiles';
import { cutFile, imported, omissions, peerItem, skipped } from './peerRemarks';
import { toolCall, toolOutput } from './toolText';
import { imagesText } from './uiMessages';

const contextItem = z.looseObject({
  content: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  uri: z.object({ value: z.string() }).optional(),
});

const itemSchema = z.object({
  message: z.object({
    role: z.enum(['user', 'assistant', 'thinking', 'system', 'tool']),
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]),
    usage: z
      .object({
        promptTokens: z.number().optional(),
        completionTokens: z.number().optional(),
        promptTokensDetails: z
          .object({ cachedTokens: z.number().optional(), cacheWriteTokens: z.number().optional() })
          .nullish(),
      })
      .nullish(),
  }),
  contextItems: z.array(z.unknown()).nullish(),
  promptLogs: z
    .array(z.looseObject({ modelTitle: z.string().optional(), modelProvider: z.string().optional() }))
    .nullish(),
  toolCallStates: z
    .array(
      z.object({
        toolCall: z.object({ function: z.object({ name: z.string().optional(), arguments: z.string().optional() }) }),
        status: z.string().optional(),
        output: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish(),
  reasoning: z.object({ text: z.string() }).nullish(),
});
type Item = z.infer<typeof itemSchema>;

/** Continue's title for a session without one. */
const UNNAMED = 'New Session';

const sessionSchema = z.object({ title: z.string().optional(), history: z.array(z.unknown()) });
const listSchema = z.array(z.unknown());
const entrySchema = z.object({ sessionId: z.string(), dateCreated: z.string().optional() });

/**
 * Continue's sessions: one `<id>.json` each, and `sessions.json` with their creation times. Messages have no times, ids
 * or costs. They get the session's time, and ids from their position, which doesn't change as a session grows.
 */
export class ContinueSessions implements PeerHistory {
  readonly peer = 'continue';

  /** @param folder `~/.continue/sessions`. */
  constructor(private readonly folder: string) {}

  async count(): Promise<number> {
    return (await this.files()).length;
  }

  async *read(): AsyncIterable<PeerReading> {
    const createdAtMs = await this.creationTimes();
    for (const name of await this.files()) yield await this.session(name.slice(0, -'.json'.length), createdAtMs);
  }

  private async files(): Promise<readonly string[]> {
    return (await namesIn(this.folder, 'files')).filter((name) => name.endsWith('.json') && name !== 'sessions.json');
  }

  private async session(id: string, createdAtMs: ReadonlyMap<string, number>): Promise<PeerReading> {
    const item = peerItem('continueSession', id);
    if (!isPlainId(id)) return skipped(item, { kind: 'badName' });
    const name = `${id}.json`;
    const file = await readText(path.join(this.folder, name));
    if (file.kind === 'problem') return skipped(item, { kind: 'file', file: name, problem: file.problem });
    const json = readJson(file.text);
    const session = json.kind === 'unreadable' ? undefined : sessionSchema.safeParse(json.value).data;
    if (!session) return skipped(item, { kind: 'file', file: name, problem: { kind: 'otherFormat' } });
    const { drafts, unreadableItems, images } = readHistory(session.history);
    const conversation = conversationOf(
      {
        peer: 'continue',
        id,
        title: session.title === UNNAMED ? '' : (session.title ?? ''),
        atMs: createdAtMs.get(id) ?? file.changedAtMs,
        model: null,
      },
      drafts,
    );
    if (!conversation) return skipped(item, { kind: 'noMessages', causes: [] });
    return imported(item, conversation, [
      ...(json.kind === 'salvaged' ? [cutFile(name)] : []),
      ...omissions(unreadableItems, images),
    ]);
  }

  /** From `sessions.json`. If it is unreadable, only these times are unknown: sessions are found by file name. */
  private async creationTimes(): Promise<ReadonlyMap<string, number>> {
    const file = await readText(path.join(this.folder, 'sessions.json'));
    const json = file.kind === 'text' ? readJson(file.text) : undefined;
    const list = json === undefined || json.kind === 'unreadable' ? undefined : listSchema.safeParse(json.value).data;
    return new Map((list ?? []).flatMap(timeIn));
  }
}

/** `dateCreated` is milliseconds in a string, or a date in older versions. */
function timeIn(entry: unknown): readonly (readonly [string, number])[] {
  const { data } = entrySchema.safeParse(entry);
  if (data?.dateCreated === undefined) return [];
  const atMs = timeOf(/^\d+$/.test(data.dateCreated) ? Number(data.dateCreated) : Date.parse(data.dateCreated));
  return atMs === null ? [] : [[data.sessionId, atMs]];
}

function readHistory(history: readonly unknown[]): {
  readonly drafts: readonly PeerDraft[];
  readonly unreadableItems: number;
  readonly images: number;
} {
  const drafts: PeerDraft[] = [];
  let thought: string[] = [];
  let unreadableItems = 0;
  let images = 0;
  for (const [at, raw] of history.entries()) {
    const { data: item } = itemSchema.safeParse(raw);
    if (!item) {
      unreadableItems += 1;
      continue;
    }
    const { text, images: here } = contentOf(item);
    images += here;
    const { role } = item.message;
    if (role === 'thinking') thought.push(text);
    // Tool results are shown with their call. System messages are not part of the conversation.
    if (role !== 'user' && role !== 'assistant') continue;
    const draft = aDraft(`n${at}`, role, null);
    if (text !== '') draft.parts.push(text);
    if (here > 0) draft.parts.push(imagesText(here));
    if (role === 'user') draft.attachments.push(...(item.contextItems ?? []).flatMap(attachmentOf));
    else describe(draft, item, thought);
    thought = [];
    drafts.push(draft);
  }
  return { drafts, unreadableItems, images };
}

function contentOf({ message: { content } }: Item): { readonly text: string; readonly images: number } {
  if (typeof content === 'string') return { text: content.trim(), images: 0 };
  return {
    text: content
      .map((part) => part.text ?? '')
      .filter((text) => text !== '')
      .join('\n\n')
      .trim(),
    images: content.filter((part) => part.type === 'imageUrl').length,
  };
}

function describe(draft: PeerDraft, item: Item, thought: readonly string[]): void {
  draft.reasoning.push(...thought, ...(item.reasoning ? [item.reasoning.text] : []));
  for (const { toolCall: call, status, output } of item.toolCallStates ?? []) {
    draft.parts.push(toolCall(call.function.name ?? '', call.function.arguments ?? ''));
    const answers = (output ?? []).flatMap((raw) => contextItem.safeParse(raw).data?.content ?? []);
    if (answers.length > 0) draft.parts.push(toolOutput(status === 'errored' ? 'Error' : 'Output', answers.join('\n')));
  }
  const log = item.promptLogs?.at(-1);
  if (log?.modelTitle) draft.model = log.modelTitle;
  if (log?.modelProvider) draft.provider = log.modelProvider;
  const { usage } = item.message;
  const details = usage?.promptTokensDetails;
  const recorded = recordedUsage(
    usage?.promptTokens ?? 0,
    usage?.completionTokens ?? 0,
    details?.cachedTokens ?? 0,
    details?.cacheWriteTokens ?? 0,
  );
  if (recorded) draft.usage = recorded;
}

/** A part of the workspace that was sent with the question. */
function attachmentOf(raw: unknown, at: number): readonly Attachment[] {
  const { data: item } = contextItem.safeParse(raw);
  if (!item || item.content === '') return [];
  const name = item.uri?.value ?? item.description ?? item.name ?? 'context';
  return [
    {
      id: `context-${at}`,
      kind: 'file',
      path: name.slice(0, 1_000),
      startLine: 1,
      endLine: item.content.split('\n').length,
      languageId: '',
      text: item.content,
    },
  ];
}
