import type { Conversation } from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { IncomingConversation, PeerHistory, PeerRemark } from '../../domain/incoming';
import type { SettingsSource } from '../../domain/ports/settings';
import type { ConversationReader, EventWriter } from '../../domain/ports/store';
import { FULL_FILE_CHARACTERS, packFiles, readExchangeFile } from './exchangeFile';
import { collectEntries } from './exportEntries';
import type { DocumentWords } from './documentWords';
import { Importer, runImport } from './importer';
import type { ImportRemark, ImportReport } from './importReport';
import { sourcesFirst } from './incomingChecks';
import { markdownOf } from './markdown';

export interface ExchangeOptions {
  readonly store: EventWriter & ConversationReader;
  readonly settings: SettingsSource;
  /** An import has changed these conversations in the store; open ones must be reloaded. */
  readonly onImported: (ids: ReadonlySet<ConversationId>) => Promise<void> | void;
}

export interface ImportOptions {
  /** Called after each conversation. `total` is null when it is not known in advance. */
  readonly onProgress?: (done: number, total: number | null) => void;
  /** When aborted, the import ends after the current conversation; everything imported so far stays. */
  readonly signal?: AbortSignal;
}

/** Exports conversations as Markdown or lossless JSON, and imports that JSON and other extensions' histories. */
export class Exchange {
  private importing: Promise<ImportReport | undefined> = Promise.resolve(undefined);

  constructor(private readonly options: ExchangeOptions) {}

  /** The active branch, for reading. @throws RefusedError when there is no such conversation. */
  async exportMarkdown(id: ConversationId, words: DocumentWords): Promise<string> {
    const conversation = await this.existing(id);
    const source = conversation.forkedFrom && (await this.options.store.load(conversation.forkedFrom.conversationId));
    return markdownOf(words, conversation, source);
  }

  /** One lossless file. @throws RefusedError when one of the conversations does not exist. */
  async exportJson(ids: readonly ConversationId[] | 'all'): Promise<string> {
    return packFiles(await this.entries(ids), Infinity).next().value ?? '';
  }

  /** The same, split into files that are small enough to import. They can be imported in any order. */
  async exportJsonFiles(
    ids: readonly ConversationId[] | 'all',
    fullCharacters = FULL_FILE_CHARACTERS,
  ): Promise<Iterable<string>> {
    return packFiles(await this.entries(ids), fullCharacters);
  }

  /** Merges a lossless file into the store. Invalid text yields a report with the reason, not an error. */
  async importJson(text: string, { onProgress, signal }: ImportOptions = {}): Promise<ImportReport> {
    const file = readExchangeFile(text);
    if (file.kind === 'refused') return { added: 0, updated: 0, unchanged: 0, remarks: [file.remark] };
    return this.import(async (importer) => {
      importer.remark(...file.remarks);
      const incoming = sourcesFirst(file.conversations);
      return runImport(
        importer,
        untilAborted(incoming, importer, signal, (done) => onProgress?.(done, incoming.length)),
      );
    });
  }

  /** Merges the history of another extension. Importing it again adds only what is new. */
  async importPeers(peers: readonly PeerHistory[], { onProgress, signal }: ImportOptions = {}): Promise<ImportReport> {
    return this.import((importer) =>
      runImport(
        importer,
        untilAborted(conversationsOf(peers, importer), importer, signal, (done) => onProgress?.(done, null)),
      ),
    );
  }

  private async existing(id: ConversationId): Promise<Conversation> {
    const conversation = await this.options.store.load(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    return conversation;
  }

  private async entries(ids: readonly ConversationId[] | 'all'): Promise<readonly string[]> {
    const { store } = this.options;
    const all = ids === 'all' ? (await store.conversations()).map((c) => c.id) : ids;
    return collectEntries(
      new Set(all),
      (id) => this.existing(id),
      (id) => store.load(id),
    );
  }

  /** One import at a time: two concurrent imports would assign the same conversation numbers. */
  private import(run: (importer: Importer) => Promise<ImportReport>): Promise<ImportReport> {
    const result = this.importing.then(async () => {
      const importer = await Importer.start(this.options.store, this.options.settings.current().defaultModel);
      try {
        return await run(importer);
      } finally {
        if (importer.changedIds.size > 0) await this.options.onImported(importer.changedIds);
      }
    });
    this.importing = result.catch(() => undefined);
    return result;
  }
}

async function* untilAborted(
  conversations: Iterable<IncomingConversation> | AsyncIterable<IncomingConversation>,
  importer: Importer,
  signal: AbortSignal | undefined,
  onDone: (done: number) => void,
): AsyncIterable<IncomingConversation> {
  let done = 0;
  for await (const conversation of conversations) {
    if (signal?.aborted) return importer.remark({ about: { kind: 'rest' }, problem: { kind: 'stopped' } });
    yield conversation;
    onDone((done += 1));
  }
}

async function* conversationsOf(
  peers: readonly PeerHistory[],
  importer: Importer,
): AsyncIterable<IncomingConversation> {
  for (const peer of peers) {
    for await (const reading of peer.read()) {
      if (reading.kind === 'skipped') {
        importer.remark(peerRemark(reading.remark));
        continue;
      }
      importer.remark(...reading.remarks.map(peerRemark));
      yield reading.conversation;
    }
  }
}

const peerRemark = ({ item, problem }: PeerRemark): ImportRemark => ({
  about: { kind: 'peer', item },
  problem: { kind: 'peer', problem },
});
