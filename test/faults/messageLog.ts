import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { conversationId } from '../../src/domain/ids';
import type { SpendEvent } from '../../src/domain/storeEvent';
import type { Bill } from '../support/openRouterEmulator';
import { openStore } from '../unit/infrastructure/store/storeFixtures';
import { type BookEntry, type BudgetReport, type StoredMessage, storedMessage } from './budgetJobs';
import { nanoOf, turnOf } from './budgetOracle';
import type { FaultTally } from './faultReport';
import { type MessageFault, usualReply } from './messageFaults';

/** One message as the person knows it who has sent it. */
export class SentMessage {
  /** Answers to its sends; one whose window died has none. */
  accepted = 0;
  refused = 0;
  unanswered = 0;
  /** Something happened to the whole window or its disk while it was under way. */
  touched = false;

  constructor(
    /** Differs from that of every other message. */
    readonly text: string,
    readonly fault: MessageFault | undefined,
  ) {}

  get isInnocent(): boolean {
    return this.fault === undefined && !this.touched;
  }

  /** What the server sends to it, if it sends everything. */
  get sent(): string {
    return this.fault?.sent ?? usualReply(this.text);
  }
}

export function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

type Reserved = Extract<SpendEvent, { type: 'spend.reserved' }>;

/** The list of what must be there, kept beside the product; and what the windows reported of the money before they wrote it. */
export class MessageLog {
  readonly messages: SentMessage[] = [];
  readonly conversations = new Set<string>();
  private readonly reserved = new Map<string, Reserved>();
  private readonly identified = new Set<string>();
  private readonly turnOfReply = new Map<string, string>();
  private readonly announced = new Map<string, readonly SpendEvent[]>();

  constructor(private readonly tally: FaultTally) {}

  /** @param window names the process, because each counts its commits from 1. */
  take(window: string, report: BudgetReport): void {
    if (report.kind === 'committing') {
      for (const { messageId, text } of report.asked) this.turnOfReply.set(messageId, turnOf(text));
      for (const event of report.spend)
        if (event.type === 'spend.reserved') this.reserved.set(event.reservationId, event);
      this.announced.set(`${window} ${report.commit}`, report.spend);
    } else if (report.kind === 'committed') {
      for (const event of this.announced.get(`${window} ${report.commit}`) ?? [])
        if (event.type === 'spend.identified') this.identified.add(event.reservationId);
    }
  }

  get reservationIds(): readonly string[] {
    return [...this.reserved.keys()];
  }

  /** What a store shows of all conversations. @param where names the reading. */
  check(stored: readonly StoredMessage[], where: string): void {
    const { tally } = this;
    const questions = groupedBy(
      stored.filter(({ role }) => role === 'user'),
      ({ content }) => content,
    );
    const replies = groupedBy(
      stored.filter(({ role }) => role === 'assistant'),
      ({ parentId }) => parentId,
    );
    for (const told of this.messages) {
      const copies = questions.get(told.text) ?? [];
      questions.delete(told.text);
      tally.checked(told.accepted);
      if (copies.length < told.accepted) tally.lost(`“${told.text}” ${where}`);
      else if (copies.length > told.accepted + told.unanswered)
        tally.wrong(`“${told.text}” is stored ${copies.length} times, accepted ${told.accepted} times ${where}`);
      for (const { id } of copies) this.checkReply(told, replies.get(id) ?? [], where);
    }
    for (const text of questions.keys()) tally.wrong(`“${text}” was never sent ${where}`);
  }

  private checkReply(told: SentMessage, [reply, ...others]: readonly StoredMessage[], where: string): void {
    const wrong = (what: string): void =>
      this.tally.wrong(
        `${what}: “${told.text}” (${told.fault?.name ?? 'no fault'}${told.touched ? ', and its window was hit' : ''}) ${where}`,
      );
    if (!reply || others.length > 0) return wrong(`${reply ? others.length + 1 : 'no'} replies`);
    const { state, content } = reply;
    if (!told.sent.startsWith(content)) wrong(`the reply “${content}” was never sent`);
    else if (state === 'complete' && content !== told.sent)
      wrong(`the complete reply has ${content.length} of ${told.sent.length} characters`);
    if (state === 'streaming') wrong('the reply streams for ever');
    else if (!told.touched && told.fault && !told.fault.ends.some((end) => end === state))
      wrong(`the reply is ${state}`);
  }

  /** Of the accepted messages to which nothing happened: all, and those whose reply is not complete. */
  innocents(stored: readonly StoredMessage[]): { readonly all: number; readonly incomplete: readonly string[] } {
    const innocent = this.messages.filter((told) => told.isInnocent && told.accepted > 0);
    const byText = new Map(stored.map((message) => [message.content, message]));
    const replies = new Map(
      stored.filter(({ parentId }) => parentId !== null).map((message) => [message.parentId, message]),
    );
    const incomplete = innocent.flatMap(({ text }) => {
      const reply = replies.get(byText.get(text)?.id ?? '');
      return reply?.state === 'complete'
        ? []
        : [`“${text}” (${reply ? `${reply.state} ${reply.failure}` : 'no reply'})`];
    });
    return { all: innocent.length, incomplete };
  }

  /** After every bill was asked for: what the book says is settled was billed, and what is open covers the rest. */
  checkMoney(bills: readonly Bill[], entries: readonly BookEntry[], settledNanoUsd: number): void {
    const { tally } = this;
    const billed = new Map<string, number>();
    for (const { question, costUsd } of bills)
      billed.set(turnOf(question), (billed.get(turnOf(question)) ?? 0) + nanoOf(costUsd));
    for (const { text, fault } of this.messages)
      if (typeof fault?.fixedBillNanoUsd === 'number') billed.set(turnOf(text), fault.fixedBillNanoUsd);
    const fixed = new Set(
      this.messages.filter(({ fault }) => fault?.fixedBillNanoUsd !== undefined).map(({ text }) => turnOf(text)),
    );
    const byTurn = groupedBy(
      entries,
      ({ reservation }) => this.turnOfReply.get(this.reserved.get(reservation)?.messageId ?? '') ?? '',
    );
    for (const [turn, nanoUsd] of billed) {
      // The bytes of a fixed answer may not have arrived, and nobody can be asked for its bill.
      if (nanoUsd > 0 && !byTurn.has(turn) && !fixed.has(turn))
        tally.wrong(`${turn} is billed ${nanoUsd} without a reservation`);
    }
    let settledTotal = 0;
    for (const [turn, reservations] of byTurn) {
      const bill = billed.get(turn) ?? 0;
      const settled = reservations.reduce(
        (sum, { state, costNanoUsd }) => sum + (state === 'settled' ? costNanoUsd : 0),
        0,
      );
      const open = reservations.filter(({ state }) => state === 'pending');
      const worst = open.reduce(
        (sum, { reservation }) => sum + (this.reserved.get(reservation)?.worstCaseNanoUsd ?? 0),
        0,
      );
      settledTotal += settled;
      if (settled > bill) tally.wrong(`${turn} is settled with ${settled}, billed ${bill}`);
      if (settled + worst < bill && !fixed.has(turn))
        tally.wrong(`${turn} is billed ${bill}, of which the book knows ${settled} and ${worst} pending`);
      if (!fixed.has(turn) && open.some(({ reservation }) => this.identified.has(reservation)))
        tally.wrong(`${turn} is still open, though its bill can be asked for`);
    }
    if (settledTotal !== settledNanoUsd)
      tally.wrong(`the ledger says ${settledNanoUsd}, its charges add up to ${settledTotal}`);
  }
}

/** Every message of every conversation there is, by a window that opens the folder as it is. */
export async function storedIn(directory: string): Promise<readonly StoredMessage[]> {
  const store = openStore(directory);
  const listed = await store.conversations({ limit: 10_000 });
  const loaded = await Promise.all(listed.map(({ id }) => store.load(conversationId(id))));
  await store.close();
  return loaded.flatMap((conversation) => [...(conversation?.messages.values() ?? [])].map(storedMessage));
}

/** The same by a window that has nothing but the journals. */
export async function readFromJournals(directory: string): Promise<readonly StoredMessage[]> {
  const copy = mkdtempSync(path.join(tmpdir(), 'journals-only-'));
  try {
    for (const name of readdirSync(directory))
      if (name.startsWith('j-')) cpSync(path.join(directory, name), path.join(copy, name));
    return await storedIn(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
