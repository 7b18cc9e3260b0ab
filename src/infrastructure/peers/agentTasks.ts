import path from 'node:path';
import type { PeerFileProblem, PeerHistory, PeerItem, PeerName, PeerProblem, PeerReading } from '../../domain/incoming';
import { modelId } from '../../domain/ids';
import { readChatMessages } from './chatMessages';
import { readJson } from './jsonSalvage';
import { type PeerDraft, conversationOf, isPlainId } from './peerDraft';
import { namesIn, readText } from './peerFiles';
import { cutFile, imported, omissions, peerItem, skipped } from './peerRemarks';
import { readUiMessages } from './uiMessages';

export interface AgentTasksOptions {
  readonly peer: Exclude<PeerName, 'continue'>;
  /** Prefix of ids: `roo-code` or `cline`. */
  readonly prefix: string;
  /** `…/tasks`, with one folder per task, named by its id. */
  readonly folder: string;
}

/**
 * Tasks of Roo Code and Cline. `<id>/ui_messages.json` contains what was displayed, with costs. If it is unreadable,
 * `<id>/api_conversation_history.json` is used, which contains the requests to the model.
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
    const item = peerItem(this.options.peer === 'cline' ? 'clineTask' : 'rooCodeTask', id);
    if (!isPlainId(id)) return skipped(item, { kind: 'badName' });
    const screen = await this.list(id, 'ui_messages.json');
    const api = await this.list(id, 'api_conversation_history.json');
    const read = screen.list ? readUiMessages(screen.list) : undefined;
    if (read && read.drafts.length > 0) {
      nameModel(read.drafts, api.text);
      const { removedCost } = read;
      return this.reading(id, item, screen.changedAtMs, read.drafts, [
        ...screen.problems,
        ...omissions(read.unreadableRows, read.images),
        ...(removedCost ? [{ kind: 'removedRequests', costNanoUsd: removedCost.costNanoUsd } as const] : []),
      ]);
    }
    const chat = readChatMessages(api.list ?? []);
    nameModel(chat.drafts, api.text);
    return this.reading(id, item, api.changedAtMs, chat.drafts, [
      ...screen.problems,
      ...api.problems,
      ...omissions(chat.unreadableMessages, chat.images),
      ...(chat.drafts.length > 0 ? [{ kind: 'fromRequests' } as const] : []),
    ]);
  }

  private reading(
    id: string,
    item: PeerItem,
    atMs: number,
    drafts: readonly PeerDraft[],
    problems: readonly PeerProblem[],
  ): PeerReading {
    const models = drafts.filter((d) => d.role === 'assistant' && d.provider === 'openrouter' && d.model !== undefined);
    const model = models.at(-1)?.model;
    const title = drafts.find((d) => d.role === 'user')?.parts[0] ?? '';
    const conversation = conversationOf(
      { peer: this.options.prefix, id, title, atMs, model: model === undefined ? null : modelId(model) },
      drafts,
    );
    if (!conversation) return skipped(item, { kind: 'noMessages', causes: problems });
    return imported(item, conversation, problems);
  }

  private async list(id: string, name: string): Promise<MessageFile> {
    const file = await readText(path.join(this.options.folder, id, name));
    if (file.kind === 'problem') return withoutList(name, file.problem);
    const json = readJson(file.text);
    if (json.kind === 'unreadable') return withoutList(name, { kind: 'notJson' });
    const list = listIn(json.value);
    if (!list) return withoutList(name, { kind: 'otherFormat' });
    const problems = json.kind === 'salvaged' ? [cutFile(name)] : [];
    return { list, text: file.text, changedAtMs: file.changedAtMs, problems };
  }
}

interface MessageFile {
  /** Undefined if unreadable. */
  readonly list?: readonly unknown[];
  readonly text: string;
  readonly changedAtMs: number;
  readonly problems: readonly PeerProblem[];
}

const withoutList = (file: string, problem: PeerFileProblem): MessageFile => ({
  text: '',
  changedAtMs: 0,
  problems: [{ kind: 'file', file, problem }],
});

/** Older versions of Roo Code wrapped the list in an object with a version. */
function listIn(value: unknown): readonly unknown[] | undefined {
  const inner: unknown = typeof value === 'object' && value !== null && 'messages' in value ? value.messages : value;
  return Array.isArray(inner) ? inner : undefined;
}

/** Roo Code names the model only in the environment details of its requests. This matches them in the JSON text. */
function nameModel(drafts: readonly PeerDraft[], apiText: string): void {
  const models = [...apiText.matchAll(/<\/name>\\n<model>([^<>"\\\s]{1,200})<\/model>/g)];
  const model = models.at(-1)?.[1];
  if (model === undefined || model === 'unknown') return;
  for (const draft of drafts) if (draft.role === 'assistant') draft.model ??= model;
}
