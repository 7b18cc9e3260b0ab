import path from 'node:path';
import * as z from 'zod';
import { modelId } from '../../domain/ids';
import type { PeerHistory, PeerProblem, PeerReading } from '../../domain/incoming';
import { readChatMessages } from './chatMessages';
import { readJson } from './jsonSalvage';
import { conversationOf, isPlainId, timeOf } from './peerDraft';
import { namesIn, readText } from './peerFiles';
import { cutFile, imported, omissions, peerItem, skipped } from './peerRemarks';

const manifestSchema = z.object({
  started_at: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  prompt: z.string().optional(),
  metadata: z.looseObject({ title: z.string().optional() }).optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

const messagesSchema = z.object({ messages: z.array(z.unknown()), updated_at: z.string().optional() });

/**
 * Cline's newer sessions: `<id>/<id>.json` describes a session, `<id>/<id>.messages.json` contains its messages. Other
 * `.messages.json` files in the folder are transcripts of subagents. The database next to them is only an index and is
 * not read.
 */
export class ClineSessions implements PeerHistory {
  readonly peer = 'cline';

  /** @param folder `…/sessions`. */
  constructor(private readonly folder: string) {}

  async count(): Promise<number> {
    return (await namesIn(this.folder, 'folders')).length;
  }

  async *read(): AsyncIterable<PeerReading> {
    for (const id of await namesIn(this.folder, 'folders')) yield await this.session(id);
  }

  private async session(id: string): Promise<PeerReading> {
    const item = peerItem('clineSession', id);
    if (!isPlainId(id)) return skipped(item, { kind: 'badName' });
    const name = `${id}.messages.json`;
    const file = await readText(path.join(this.folder, id, name));
    if (file.kind === 'problem') return skipped(item, { kind: 'file', file: name, problem: file.problem });
    const json = readJson(file.text);
    const messages = json.kind === 'unreadable' ? undefined : messagesSchema.safeParse(json.value).data;
    if (!messages) return skipped(item, { kind: 'file', file: name, problem: { kind: 'otherFormat' } });
    const manifest = await this.manifest(id);
    const { drafts, unreadableMessages, images } = readChatMessages(messages.messages);
    const model = manifest.provider === 'openrouter' && manifest.model ? modelId(manifest.model) : null;
    const title = manifest.metadata?.title ?? manifest.prompt ?? '';
    const conversation = conversationOf(
      { peer: 'cline', id, title, atMs: startOf(manifest) ?? file.changedAtMs, model },
      drafts,
    );
    if (!conversation) return skipped(item, { kind: 'noMessages', causes: [] });
    return imported(item, conversation, [
      ...(json.kind === 'salvaged' ? [cutFile(name)] : []),
      ...omissions(unreadableMessages, images),
      ...(await this.subagents(id)),
    ]);
  }

  /** Title, model and start of a session. All are optional. */
  private async manifest(id: string): Promise<Manifest> {
    const file = await readText(path.join(this.folder, id, `${id}.json`));
    const json = file.kind === 'text' ? readJson(file.text) : undefined;
    return json?.kind === 'whole' ? (manifestSchema.safeParse(json.value).data ?? {}) : {};
  }

  private async subagents(id: string): Promise<readonly PeerProblem[]> {
    const others = (await namesIn(path.join(this.folder, id), 'files')).filter(
      (name) => name.endsWith('.messages.json') && name !== `${id}.messages.json`,
    );
    return others.length === 0 ? [] : [{ kind: 'subagents', transcripts: others.length }];
  }
}

const startOf = ({ started_at }: Manifest): number | null =>
  started_at === undefined ? null : timeOf(Date.parse(started_at));
