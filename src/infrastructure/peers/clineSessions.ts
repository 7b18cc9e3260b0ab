import path from 'node:path';
import * as z from 'zod';
import { modelId } from '../../domain/ids';
import type { PeerHistory, PeerReading } from '../../domain/incoming';
import { readChatMessages } from './chatMessages';
import { readJson } from './jsonSalvage';
import { conversationOf, isPlainId, timeOf } from './peerDraft';
import { namesIn, readText } from './peerFiles';

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
 * Cline's newer sessions: `<id>/<id>.json` says what a session is, `<id>/<id>.messages.json` holds it. Everything that
 * is wanted stands in these files; the database beside them is only an index and is not read. Other files of the
 * folder are the transcripts of helpers.
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
    const what = `cline session ${id.slice(0, 60)}`;
    const skipped = (reason: string): PeerReading => ({ kind: 'skipped', skipped: { what, reason } });
    if (!isPlainId(id)) return skipped('Its folder does not have the name of a session.');
    const file = await readText(path.join(this.folder, id, `${id}.messages.json`));
    if (file.kind !== 'text')
      return skipped(`${id}.messages.json: ${file.kind === 'missing' ? 'It is not there.' : file.reason}`);
    const json = readJson(file.text);
    const messages = json.kind === 'unreadable' ? undefined : messagesSchema.safeParse(json.value).data;
    if (!messages) return skipped(`${id}.messages.json: It holds no messages that can be read.`);
    const manifest = await this.manifest(id);
    const { drafts, unreadableMessages, images } = readChatMessages(messages.messages);
    const model = manifest.provider === 'openrouter' && manifest.model ? modelId(manifest.model) : null;
    const title = manifest.metadata?.title ?? manifest.prompt ?? '';
    const conversation = conversationOf(
      { peer: 'cline', id, title, atMs: startOf(manifest) ?? file.changedAtMs, model },
      drafts,
    );
    if (!conversation) return skipped('Nothing was said in it.');
    const reasons = [
      ...(json.kind === 'salvaged' ? ['Its file was cut while it was written. What came before is taken over.'] : []),
      ...(unreadableMessages > 0
        ? [`${unreadableMessages} of its messages have an unknown form and were left out.`]
        : []),
      ...(images > 0 ? [`${images} ${images === 1 ? 'image was' : 'images were'} left out.`] : []),
      ...(await this.helpers(id)),
    ];
    return {
      kind: 'conversation',
      conversation,
      remarks: reasons.map((reason) => ({ what: `${what} (${conversation.title})`, reason })),
    };
  }

  /** What is not known of a session without it is its title, its model and when it began. */
  private async manifest(id: string): Promise<Manifest> {
    const file = await readText(path.join(this.folder, id, `${id}.json`));
    const json = file.kind === 'text' ? readJson(file.text) : undefined;
    return json?.kind === 'whole' ? (manifestSchema.safeParse(json.value).data ?? {}) : {};
  }

  private async helpers(id: string): Promise<readonly string[]> {
    const others = (await namesIn(path.join(this.folder, id), 'files')).filter(
      (name) => name.endsWith('.messages.json') && name !== `${id}.messages.json`,
    );
    return others.length === 0
      ? []
      : [
          `${others.length} ${others.length === 1 ? 'transcript of a helper was' : 'transcripts of helpers were'} left out.`,
        ];
  }
}

const startOf = ({ started_at }: Manifest): number | null =>
  started_at === undefined ? null : timeOf(Date.parse(started_at));
