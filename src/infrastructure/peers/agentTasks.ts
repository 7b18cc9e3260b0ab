import path from 'node:path';
import type { Cost } from '../../domain/conversation';
import type { PeerHistory, PeerName, PeerReading } from '../../domain/incoming';
import { modelId } from '../../domain/ids';
import { formatUsd } from '../../domain/money';
import { readChatMessages } from './chatMessages';
import { readJson } from './jsonSalvage';
import { type PeerDraft, conversationOf, isPlainId } from './peerDraft';
import { namesIn, readText } from './peerFiles';
import { readUiMessages } from './uiMessages';

export interface AgentTasksOptions {
  readonly peer: PeerName;
  /** Begins the ids: `roo-code` or `cline`. */
  readonly prefix: string;
  /** `…/tasks`: a folder for each task, named by its id. */
  readonly folder: string;
}

/**
 * Tasks of Roo Code and of Cline: `<id>/ui_messages.json` for what was on screen with its costs, and
 * `<id>/api_conversation_history.json` for what went to the model. The first is what was on screen; the second is
 * used if the first is missing.
 */
export class AgentTasks implements PeerHistory {
  readonly peer: PeerName;

  constructor(private readonly options: AgentTasksOptions) {
    this.peer = options.peer;
  }

  async count(): Promise<number> {
    return (await namesIn(this.options.folder, 'folders')).length;
  }

  async *read(): AsyncIterable<PeerReading> {
    for (const id of await namesIn(this.options.folder, 'folders')) yield await this.task(id);
  }

  private async task(id: string): Promise<PeerReading> {
    const what = `${this.options.prefix} task ${id.slice(0, 60)}`;
    if (!isPlainId(id)) return skipped(what, 'Its folder does not have the name of a task.');
    const screen = await this.list(id, 'ui_messages.json');
    const api = await this.list(id, 'api_conversation_history.json');
    const read = screen.list ? readUiMessages(screen.list) : undefined;
    const remarks: string[] = [];
    if (read && read.drafts.length > 0) {
      remarks.push(
        ...screen.remarks,
        ...unreadable(read.unreadableRows),
        ...images(read.images),
        ...removed(read.removedCost),
      );
      nameModel(read.drafts, api.text);
      return this.reading(id, what, screen.changedAtMs, read.drafts, remarks);
    }
    const chat = readChatMessages(api.list ?? []);
    remarks.push(...screen.remarks, ...api.remarks, ...unreadable(chat.unreadableMessages), ...images(chat.images));
    if (chat.drafts.length > 0)
      remarks.push('What was on screen could not be read, so this is what went to the model, without costs.');
    nameModel(chat.drafts, api.text);
    return this.reading(id, what, api.changedAtMs, chat.drafts, remarks);
  }

  private reading(
    id: string,
    what: string,
    atMs: number,
    drafts: readonly PeerDraft[],
    remarks: readonly string[],
  ): PeerReading {
    const models = drafts.filter((d) => d.role === 'assistant' && d.provider === 'openrouter' && d.model !== undefined);
    const model = models.at(-1)?.model;
    const title = drafts.find((d) => d.role === 'user')?.parts[0] ?? '';
    const conversation = conversationOf(
      { peer: this.options.prefix, id, title, atMs, model: model === undefined ? null : modelId(model) },
      drafts,
    );
    if (!conversation) return skipped(what, ['Nothing was said in it that could be read.', ...remarks].join(' '));
    return {
      kind: 'conversation',
      conversation,
      remarks: remarks.map((reason) => ({ what: `${what} (${conversation.title})`, reason })),
    };
  }

  /** The list in a file; Roo Code once wrapped it in an object with a version. */
  private async list(
    id: string,
    name: string,
  ): Promise<{
    readonly list?: readonly unknown[];
    readonly text: string;
    readonly changedAtMs: number;
    readonly remarks: readonly string[];
  }> {
    const file = await readText(path.join(this.options.folder, id, name));
    if (file.kind !== 'text')
      return {
        text: '',
        changedAtMs: 0,
        remarks: [`${name}: ${file.kind === 'missing' ? 'It is not there.' : file.reason}`],
      };
    const json = readJson(file.text);
    if (json.kind === 'unreadable') return { text: '', changedAtMs: 0, remarks: [`${name}: It is not JSON.`] };
    const list = listIn(json.value);
    const remarks =
      json.kind === 'salvaged' ? [`${name}: It was cut while it was written. What came before is taken over.`] : [];
    if (!list) return { text: '', changedAtMs: 0, remarks: [`${name}: It is no list of messages.`] };
    return { list, text: file.text, changedAtMs: file.changedAtMs, remarks };
  }
}

const skipped = (what: string, reason: string): PeerReading => ({ kind: 'skipped', skipped: { what, reason } });
const unreadable = (count: number): readonly string[] =>
  count === 0 ? [] : [`${count} of its messages have an unknown form and were left out.`];
const images = (count: number): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? 'image was' : 'images were'} left out.`];
const removed = (cost: Cost | undefined): readonly string[] =>
  cost === undefined
    ? []
    : [
        `Requests had been removed from it${cost.costNanoUsd === null ? '' : ` that cost ${formatUsd(cost.costNanoUsd)}`}; its cost is without them.`,
      ];

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const inner = typeof value === 'object' && value !== null && 'messages' in value ? value.messages : undefined;
  return Array.isArray(inner) ? inner : undefined;
}

/** Roo Code names the model only in the environment details that it sends to the model. This matches them in JSON. */
function nameModel(drafts: readonly PeerDraft[], apiText: string): void {
  const models = [...apiText.matchAll(/<\/name>\\n<model>([^<>"\\\s]{1,200})<\/model>/g)];
  const model = models.at(-1)?.[1];
  if (model === undefined || model === 'unknown') return;
  for (const draft of drafts) if (draft.role === 'assistant') draft.model ??= model;
}
