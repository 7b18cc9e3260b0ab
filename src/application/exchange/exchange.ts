import type { Conversation } from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { ImportReport, IncomingConversation, PeerHistory } from '../../domain/incoming';
import type { SettingsSource } from '../../domain/ports/settings';
import type { ConversationReader, EventWriter } from '../../domain/ports/store';
import { FULL_FILE_CHARACTERS, packFiles, readExchangeFile } from './exchangeFile';
import { collectEntries } from './exportEntries';
import { Importer, runImport } from './importer';
import { sourcesFirst } from './incomingChecks';
import { markdownOf } from './markdown';

export interface ExchangeOptions {
  readonly store: EventWriter & ConversationReader;
  readonly settings: SettingsSource;
  /** An import has changed these conversations in the store: what is open of them is to be read anew. */
  readonly onImported: (ids: ReadonlySet<ConversationId>) => Promise<void> | void;
}

export interface ImportOptions {
  /** Told after each conversation. `total` is null where it is not known beforehand. */
  readonly onProgress?: (done: number, total: number | null) => void;
  /** Aborted: the import ends after the conversation it is at; what was taken until then stays. */
  readonly signal?: AbortSignal;
}

/** Conversations out of the store and into it: Markdown to read, JSON to keep, other extensions' histories to take over. */
export class Exchange {
  private importing: Promise<ImportReport | undefined> = Promise.resolve(undefined);

  constructor(private readonly options: ExchangeOptions) {}

  /** The branch that is shown, for reading. @throws RefusedError when there is no such conversation. */
  async exportMarkdown(id: ConversationId): Promise<string> {
    const conversation = await this.existing(id);
    const source = conversation.forkedFrom && (await this.options.store.load(conversation.forkedFrom.conversationId));
    return markdownOf(conversation, source);
  }

  /** One lossless file. @throws RefusedError when one of them is not there. */
  async exportJson(ids: readonly ConversationId[] | 'all'): Promise<string> {
    return packFiles(await this.entries(ids), Infinity).next().value ?? '';
  }

  /** The same in as many files as it takes for each to be small enough for an import. They may come back in any order. */
  async exportJsonFiles(
    ids: readonly ConversationId[] | 'all',
    fullCharacters = FULL_FILE_CHARACTERS,
  ): Promise<Iterable<string>> {
    return packFiles(await this.entries(ids), fullCharacters);
  }

  /** Merges a lossless file into the store. Whatever the text holds, the answer is a report. */
  async importJson(text: string, { onProgress, signal }: ImportOptions = {}): Promise<ImportReport> {
    const file = readExchangeFile(text);
    if (file.kind === 'refused') return { added: 0, updated: 0, unchanged: 0, skipped: [file.skipped] };
    return this.import(async (importer) => {
      importer.skip(...file.skipped);
      const incoming = sourcesFirst(file.conversations);
      return runImport(
        importer,
        untilAborted(incoming, importer, signal, (done) => onProgress?.(done, incoming.length)),
      );
    });
  }

  /** Merges the history of another extension. The same history again adds only what is new in it. */
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

  /** One import at a time: two that number conversations at once would number them alike. */
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
  told: (done: number) => void,
): AsyncIterable<IncomingConversation> {
  let done = 0;
  for await (const conversation of conversations) {
    if (signal?.aborted)
      return importer.skip({
        what: 'The rest',
        reason: 'You stopped the import. What is counted here is stored; import again to go on.',
      });
    yield conversation;
    told((done += 1));
  }
}

async function* conversationsOf(
  peers: readonly PeerHistory[],
  importer: Importer,
): AsyncIterable<IncomingConversation> {
  for (const peer of peers) {
    for await (const reading of peer.read()) {
      if (reading.kind === 'skipped') {
        importer.skip(reading.skipped);
        continue;
      }
      importer.skip(...reading.remarks);
      yield reading.conversation;
    }
  }
}
