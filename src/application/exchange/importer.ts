import type { ConversationId, MessageId, ModelId } from '../../domain/ids';
import type { ImportReport, IncomingConversation, Skipped } from '../../domain/incoming';
import { type ConversationReader, type EventWriter, StoreWriteError } from '../../domain/ports/store';
import { flawOf, hasForkOrigin } from './incomingChecks';
import { type MergePlan, planMerge } from './mergePlan';
import { RecordBatch } from './recordBatch';

/** Questions to the store under way at once while a long conversation is checked. */
const QUESTIONS_AT_ONCE = 256;

export type ImportStore = EventWriter & ConversationReader;

/** One import: takes conversations one after another and merges them into the store. */
export class Importer {
  readonly changedIds = new Set<ConversationId>();
  private readonly counts = { added: 0, updated: 0, unchanged: 0 };
  private readonly skipped: Skipped[] = [];
  private readonly batch: RecordBatch;
  /** Which conversation of this import each message is in. */
  private readonly owners = new Map<MessageId, ConversationId>();
  private readonly taken = new Set<ConversationId>();
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

  skip(...skipped: readonly Skipped[]): void {
    this.skipped.push(...skipped);
  }

  /** @throws StoreWriteError when the store takes no more; what was counted until then is stored. */
  async take(incoming: IncomingConversation): Promise<void> {
    const what = incoming.title.slice(0, 80);
    const flaw = this.taken.has(incoming.id) ? 'It is there twice; the first was taken over.' : flawOf(incoming);
    if (flaw !== undefined) return this.skip({ what, reason: flaw });
    this.sources.set(incoming.id, incoming.forkedFrom?.conversationId);
    if (!(await hasForkOrigin(incoming, (id) => this.sourceOf(id)))) {
      this.sources.delete(incoming.id);
      return this.skip({ what, reason: 'It is a fork of itself by way of others, so it has no beginning.' });
    }
    const known = await this.store.load(incoming.id);
    const lacking = incoming.messages.filter((m) => !known?.messages.has(m.id));
    const stranger = await this.ownedByAnother(
      incoming.id,
      lacking.map((m) => m.id),
    );
    if (stranger !== undefined)
      return this.skip({ what, reason: `Its message “${stranger}” already belongs to another conversation.` });
    this.taken.add(incoming.id);
    for (const m of incoming.messages) this.owners.set(m.id, incoming.id);
    const plan = planMerge(incoming, known, {
      runNumber: known?.runNumber ?? this.freeRunNumber(incoming.runNumber),
      defaultModel: this.defaultModel,
    });
    await this.storePlan(incoming, plan, what);
  }

  /** Stores what is still waiting. @throws StoreWriteError */
  async finish(): Promise<void> {
    await this.batch.store();
  }

  report(): ImportReport {
    return { ...this.counts, skipped: this.skipped };
  }

  private async storePlan(incoming: IncomingConversation, plan: MergePlan, what: string): Promise<void> {
    if (plan.steps.length > 0 || plan.outcome !== 'unchanged') this.changedIds.add(incoming.id);
    const stored = new Set<MessageId>();
    for (const { messageId, events } of plan.steps) {
      const fits = await this.batch.add(events);
      if (!fits)
        this.skip({
          what,
          reason:
            messageId === null
              ? 'It is too large for the store.'
              : `Its message “${messageId}” is too large for the store; the rest of it was taken over.`,
        });
      if (!fits && messageId === null) return;
      if (messageId !== null && fits) stored.add(messageId);
    }
    await this.batch.add(plan.ending(stored));
    if (plan.differing > 0)
      this.skip({
        what,
        reason: `${plan.differing === 1 ? 'A message of it is' : `${plan.differing} messages of it are`} here with other content. What is here was kept.`,
      });
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

  /** A message is found by its id alone, so one id in two conversations would show the wrong one. */
  private async ownedByAnother(id: ConversationId, messages: readonly MessageId[]): Promise<MessageId | undefined> {
    for (let start = 0; start < messages.length; start += QUESTIONS_AT_ONCE) {
      const some = messages.slice(start, start + QUESTIONS_AT_ONCE);
      const owners = await Promise.all(
        some.map(async (m) => this.owners.get(m) ?? (await this.store.conversationOf(m))),
      );
      const stranger = some.find((_, at) => owners[at] !== undefined && owners[at] !== id);
      if (stranger !== undefined) return stranger;
    }
    return undefined;
  }
}

/** Runs an import to its end or to the first record that the store does not take, and says how far it came. */
export async function runImport(
  importer: Importer,
  conversations: AsyncIterable<IncomingConversation>,
): Promise<ImportReport> {
  try {
    for await (const incoming of conversations) await importer.take(incoming);
    await importer.finish();
  } catch (error) {
    if (!(error instanceof StoreWriteError)) throw error;
    importer.skip({
      what: 'The rest',
      reason: `The history could not be written: ${error.message}. What is counted here is stored; import again to go on.`,
    });
  }
  return importer.report();
}
