import type { ConversationId, MessageId, ModelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { type ConversationReader, type EventWriter, StoreWriteError } from '../../domain/ports/store';
import type { ImportProblem, ImportRemark, ImportReport, ImportSubject } from './importReport';
import { flawOf, hasForkOrigin } from './incomingChecks';
import { type MergePlan, planMerge } from './mergePlan';
import { RecordBatch } from './recordBatch';

/** Concurrent store queries while a long conversation is checked. */
const QUERIES_AT_ONCE = 256;

export type ImportStore = EventWriter & ConversationReader;

/** One import: merges conversations into the store, one after another. */
export class Importer {
  readonly changedIds = new Set<ConversationId>();
  private readonly counts = { added: 0, updated: 0, unchanged: 0 };
  private readonly remarks: ImportRemark[] = [];
  private readonly batch: RecordBatch;
  /** The conversation of each message of this import. */
  private readonly owners = new Map<MessageId, ConversationId>();
  private readonly imported = new Set<ConversationId>();
  private readonly sources = new Map<ConversationId, ConversationId | undefined>();
  private readonly runNumbers: Set<number>;

  private constructor(
    private readonly store: ImportStore,
    private readonly defaultModel: ModelId,
    runNumbers: readonly number[],
    private nextRunNumber: number,
  ) {
    this.runNumbers = new Set(runNumbers);
    this.batch = new RecordBatch((events) => store.commit(events));
  }

  static async start(store: ImportStore, defaultModel: ModelId): Promise<Importer> {
    const summaries = await store.conversations();
    return new Importer(
      store,
      defaultModel,
      summaries.map((c) => c.runNumber),
      await store.nextRunNumber(),
    );
  }

  remark(...remarks: readonly ImportRemark[]): void {
    this.remarks.push(...remarks);
  }

  /** @throws StoreWriteError when the store can't write; everything counted so far is stored. */
  async take(incoming: IncomingConversation): Promise<void> {
    const about: ImportSubject = { kind: 'named', name: incoming.title.slice(0, 80) };
    const problem: ImportProblem | undefined = this.imported.has(incoming.id)
      ? { kind: 'twiceInFile' }
      : flawOf(incoming);
    if (problem) return this.remark({ about, problem });
    this.sources.set(incoming.id, incoming.forkedFrom?.conversationId);
    if (!(await hasForkOrigin(incoming, (id) => this.sourceOf(id)))) {
      this.sources.delete(incoming.id);
      return this.remark({ about, problem: { kind: 'circularForks' } });
    }
    const known = await this.store.load(incoming.id);
    const lacking = incoming.messages.filter((m) => !known?.messages.has(m.id));
    const foreign = await this.ownedByAnother(
      incoming.id,
      lacking.map((m) => m.id),
    );
    if (foreign !== undefined) return this.remark({ about, problem: { kind: 'foreignMessage', messageId: foreign } });
    this.imported.add(incoming.id);
    for (const m of incoming.messages) this.owners.set(m.id, incoming.id);
    const plan = planMerge(incoming, known, {
      runNumber: known?.runNumber ?? this.freeRunNumber(incoming.runNumber),
      defaultModel: this.defaultModel,
    });
    await this.storePlan(incoming, plan, about);
  }

  /** Writes what is still buffered. @throws StoreWriteError */
  async finish(): Promise<void> {
    await this.batch.store();
  }

  report(): ImportReport {
    return { ...this.counts, remarks: this.remarks };
  }

  private async storePlan(incoming: IncomingConversation, plan: MergePlan, about: ImportSubject): Promise<void> {
    if (plan.steps.length > 0 || plan.outcome !== 'unchanged') this.changedIds.add(incoming.id);
    const stored = new Set<MessageId>();
    for (const { messageId, events } of plan.steps) {
      const fits = await this.batch.add(events);
      if (!fits)
        this.remark({
          about,
          problem: messageId === null ? { kind: 'conversationTooLarge' } : { kind: 'messageTooLarge', messageId },
        });
      if (!fits && messageId === null) return;
      if (messageId !== null && fits) stored.add(messageId);
    }
    await this.batch.add(plan.ending(stored));
    if (plan.differing > 0) this.remark({ about, problem: { kind: 'differing', messages: plan.differing } });
    if (incoming.scope === 'whole') this.batch.afterStored(() => (this.counts[plan.outcome] += 1));
  }

  private freeRunNumber(wanted: number | null): number {
    const runNumber = wanted !== null && !this.runNumbers.has(wanted) ? wanted : this.nextRunNumber;
    this.runNumbers.add(runNumber);
    this.nextRunNumber = Math.max(this.nextRunNumber, runNumber + 1);
    return runNumber;
  }

  private async sourceOf(id: ConversationId): Promise<ConversationId | undefined> {
    if (!this.sources.has(id)) this.sources.set(id, (await this.store.load(id))?.forkedFrom?.conversationId);
    return this.sources.get(id);
  }

  /** Messages are looked up by id alone, so one id in two conversations would show the wrong message. */
  private async ownedByAnother(id: ConversationId, messages: readonly MessageId[]): Promise<MessageId | undefined> {
    for (let start = 0; start < messages.length; start += QUERIES_AT_ONCE) {
      const some = messages.slice(start, start + QUERIES_AT_ONCE);
      const owners = await Promise.all(
        some.map(async (m) => this.owners.get(m) ?? (await this.store.conversationOf(m))),
      );
      const foreign = some.find((_, at) => owners[at] !== undefined && owners[at] !== id);
      if (foreign !== undefined) return foreign;
    }
    return undefined;
  }
}

/** Runs an import to its end, or until the store can't write, and reports what was imported. */
export async function runImport(
  importer: Importer,
  conversations: AsyncIterable<IncomingConversation>,
): Promise<ImportReport> {
  try {
    for await (const incoming of conversations) await importer.take(incoming);
    await importer.finish();
  } catch (error) {
    if (!(error instanceof StoreWriteError)) throw error;
    importer.remark({ about: { kind: 'rest' }, problem: { kind: 'storeFailed', reason: error.reason } });
  }
  return importer.report();
}
