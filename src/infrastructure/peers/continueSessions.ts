import path from 'node:path';
import * as z from 'zod';
import type { Attachment } from '../../domain/conversation';
import type { PeerHistory, PeerReading } from '../../domain/incoming';
import { readJson } from './jsonSalvage';
import { type PeerDraft, aDraft, conversationOf, isPlainId, recordedUsage, timeOf } from './peerDraft';
import { namesIn, readText } from './peerFiles';
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

/** What Continue calls a session that it has not named. */
const UNNAMED = 'New Session';

const sessionSchema = z.object({ title: z.string().optional(), history: z.array(z.unknown()) });
const listSchema = z.array(z.unknown());
const entrySchema = z.object({ sessionId: z.string(), dateCreated: z.string().optional() });

/**
 * Continue's sessions: `<id>.json` each, and `sessions.json` which says when they were made. Its messages have neither
 * times nor ids nor costs: they get the session's time and are named by their place, which does not change as a
 * session grows.
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
    const what = `continue session ${id.slice(0, 60)}`;
    const skipped = (reason: string): PeerReading => ({ kind: 'skipped', skipped: { what, reason } });
    if (!isPlainId(id)) return skipped('Its file does not have the name of a session.');
    const file = await readText(path.join(this.folder, `${id}.json`));
    if (file.kind !== 'text') return skipped(file.kind === 'missing' ? 'It no longer exists.' : file.reason);
    const json = readJson(file.text);
    const session = json.kind === 'unreadable' ? undefined : sessionSchema.safeParse(json.value).data;
    if (!session) return skipped('It holds no session that can be read.');
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
    if (!conversation) return skipped('Nothing was said in it.');
    const reasons = [
      ...(json.kind === 'salvaged' ? ['Its file was cut while it was written. What came before is taken over.'] : []),
      ...(unreadableItems > 0 ? [`${unreadableItems} of its messages have an unknown form and were left out.`] : []),
      ...(images > 0 ? [`${images} ${images === 1 ? 'image was' : 'images were'} left out.`] : []),
    ];
    return {
      kind: 'conversation',
      conversation,
      remarks: reasons.map((reason) => ({ what: `${what} (${conversation.title})`, reason })),
    };
  }

  /** A list that cannot be read costs the times and nothing else: the sessions themselves are found by their names. */
  private async creationTimes(): Promise<ReadonlyMap<string, number>> {
    const file = await readText(path.join(this.folder, 'sessions.json'));
    const json = file.kind === 'text' ? readJson(file.text) : undefined;
    const list = json === undefined || json.kind === 'unreadable' ? undefined : listSchema.safeParse(json.value).data;
    return new Map((list ?? []).flatMap(timeIn));
  }
}

/** Milliseconds as a string, or a date in older versions. */
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

/** A piece of the workspace that went along with the question. */
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
