import type { Conversation, ConversationSummary } from '../../domain/conversation';
import type { ConversationId, MessageId } from '../../domain/ids';
import { type Clock, type ConversationQuery, type ConversationStore, type IdSource, type Logger, type StoreState, StoreWriteError } from '../../domain/ports';
import type { SpendEvent, StoreEvent } from '../../domain/storeEvent';
import type { ConversationView } from './conversationView';
import { FoldedView } from './foldedView';
import type { JournalFiles } from './journalFiles';
import { JournalSurvey } from './journalSurvey';
import { type CommittedFrame, JournalWriter } from './journalWriter';
import { NodeJournalFiles } from './nodeJournalFiles';
import { failureWords, storeWriteError } from './storeFailure';
import { NEWER_VERSION, storeWarnings } from './storeWarnings';

export interface JournaledConversationStoreOptions {
  /** Folder that all windows share; created when something is first written or `state` asks for it. */
  readonly directory: string;
  /** Access to that folder; Node's file system unless given. */
  readonly files?: JournalFiles;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** Content of `sql-wasm.wasm`; asked for when conversations are first read. */
  readonly wasmBinary: () => Promise<Uint8Array>;
  readonly log: Logger;
}

/**
 * Journals are the truth, SQLite is a view. Each process appends to a journal of its own, so no two ever write
 * one file and no lock is needed; everybody folds all journals in one order and reaches the same state.
 *
 * - A commit is acknowledged when its bytes are flushed and not before (`OwnJournal`).
 * - A journal is read up to the first byte that is not right, and no file but one's own is ever changed.
 * - What cannot be read is a warning or an error, never an empty history.
 * - The list of conversations comes from the same fold as their content: there is no index to lose.
 */
export class JournaledConversationStore implements ConversationStore {
  private readonly files: JournalFiles;
  private readonly survey: JournalSurvey;
  private readonly writer: JournalWriter;
  private readonly view: FoldedView;
  private readonly log: Logger;
  private opening: Promise<ConversationView> | undefined;
  private lastFailure: string | undefined;
  private hasWritten = false;
  private closed = false;

  constructor({ directory, files = new NodeJournalFiles(directory), ids, clock, wasmBinary, log }: JournaledConversationStoreOptions) {
    const owns = (writer: string): boolean => this.writer.owns(writer);
    this.files = files;
    this.log = log;
    this.survey = new JournalSurvey(files, owns);
    this.view = new FoldedView({ files, wasmBinary, owns, clock, log });
    this.writer = new JournalWriter({
      files,
      ids,
      prepare: () => this.prepareWriting(),
      nextLamport: () => this.survey.nextLamport(),
      onCommitted: (frame) => this.committed(frame),
    });
  }

  async commit(events: readonly StoreEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (this.closed) throw new StoreWriteError('the history is closed');
    try {
      await this.writer.commit(events);
      this.lastFailure = undefined;
    } catch (error) {
      const failure = storeWriteError(error);
      this.lastFailure = failure.reason;
      this.log.error(`store: a commit failed: ${failure.reason} ${String(failure.cause ?? '')}`);
      throw failure;
    }
  }

  async conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]> {
    return (await this.opened()).conversations(query);
  }

  async load(id: ConversationId): Promise<Conversation | undefined> {
    return (await this.opened()).load(id);
  }

  async conversationOf(id: MessageId): Promise<ConversationId | undefined> {
    return (await this.opened()).conversationOf(id);
  }

  async nextRunNumber(): Promise<number> {
    return (await this.opened()).nextRunNumber();
  }

  /** @throws when the folder cannot be listed: an unknown spend is not an empty one. */
  async spendEvents(): Promise<readonly SpendEvent[]> {
    await this.survey.refresh();
    return this.survey.spendEvents();
  }

  async state(): Promise<StoreState> {
    try {
      await this.survey.refresh();
      if (this.survey.hasNewerSchema) return { kind: 'readOnly', reason: NEWER_VERSION };
      await this.prepareFolder();
    } catch (error) {
      return { kind: 'readOnly', reason: failureWords(error) };
    }
    const unreadableEvents = Math.max(this.view.unreadableEvents, this.survey.unreadableEvents);
    return { kind: 'ready', warnings: storeWarnings({ ends: this.survey.ends(), unreadableEvents, lastFailure: this.lastFailure }) };
  }

  /** Waits for the commits made so far. The store takes no more afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writer.close();
    this.view.close();
  }

  private committed(frame: CommittedFrame): void {
    this.hasWritten = true;
    this.survey.addOwn(frame);
    this.view.apply(frame);
  }

  /** The view, folded when it is first needed. Commits wait meanwhile, so that none falls between fold and `apply`. */
  private async opened(): Promise<ConversationView> {
    if (this.view.questions) return this.view.questions;
    this.opening ??= this.writer.exclusive(() => this.view.open()).finally(() => (this.opening = undefined));
    return this.opening;
  }

  /**
   * A store with a newer schema is not written. A newer window that appears while this one is writing stops new
   * sends through `state`; what is still streaming here is stored, because refusing it would lose it.
   */
  private async prepareWriting(): Promise<void> {
    await this.prepareFolder();
    await this.survey.refresh();
    if (this.survey.hasNewerSchema && !this.hasWritten) throw new StoreWriteError(NEWER_VERSION);
  }

  private async prepareFolder(): Promise<void> {
    await this.files.createDirectory();
    await this.files.checkWritable();
  }
}
