import { setTimeout as delay } from 'node:timers/promises';
import type { OpenRouterEmulator } from '../support/openRouterEmulator';
import type { BudgetAnswer, BudgetCommand, BudgetLimits, StoredMessage } from './budgetJobs';
import { turnOf } from './budgetOracle';
import type { BudgetWindow, BudgetWindowPool } from './budgetWindows';
import type { FaultTally } from './faultReport';
import { billsOf, randomFault } from './messageFaults';
import { MessageLog, SentMessage, groupedBy, readFromJournals, storedIn } from './messageLog';
import type { SeededRandom } from './seededRandom';

const WINDOWS = 3;
/** Conversations of a window that are busy at once. */
const LANES_PER_WINDOW = 6;
/** A server may be silent for this long. */
const SILENCE_MS = 6_000;
/** No reply takes this long, with every limit and every wait between two requests. */
const ENDLESS_MS = 60_000;
/** By then a window knows of another one that it is dead. */
const SURE_MS = 20_000;
const FULL_DISK_MS = 150;
const MODEL = 'anthropic/claude-sonnet-5';
const MAX_TOKENS = 400;
/** A fault in mid-reply strikes after 12 tokens of four characters: shorter replies would be over. */
const LEAST_WORDS = 12;
const NO_LIMITS: BudgetLimits = {
  dailyLimitNanoUsd: null,
  monthlyLimitNanoUsd: null,
  conversationLimitNanoUsd: null,
  replyLimitNanoUsd: null,
};

export interface MessageCounts {
  kills: number;
  reopened: number;
  fullDisks: number;
  /** Messages of each kind of trouble. */
  faulty: number;
  touched: number;
  innocent: number;
  refused: number;
}

export interface MessageRunOptions {
  readonly pool: BudgetWindowPool;
  readonly emulator: OpenRouterEmulator;
  readonly directory: string;
  readonly messages: number;
  /** Something happens to a window each time that so many messages have been begun. */
  readonly trouble: number;
  readonly random: SeededRandom;
  readonly tally: FaultTally;
}

/** One window, whichever process it is in now. */
interface Seat {
  window: BudgetWindow;
  /** Resolves when it can be asked again. */
  ready: Promise<void>;
  readonly underWay: Set<SentMessage>;
  isFull: boolean;
  /** A window begins one conversation at a time. */
  beginning: Promise<unknown>;
}

/** Messages in many conversations of several windows at once, about half of them with something going wrong. */
export class MessageRun {
  readonly counts: MessageCounts = {
    kills: 0,
    reopened: 0,
    fullDisks: 0,
    faulty: 0,
    touched: 0,
    innocent: 0,
    refused: 0,
  };
  private readonly log: MessageLog;
  private readonly seats: Seat[] = [];
  private troubles: Promise<void> = Promise.resolve();
  private troublesBegun = 0;
  private windows = 0;
  private longestEndMs = 0;

  constructor(private readonly options: MessageRunOptions) {
    this.log = new MessageLog(options.tally);
  }

  async run(): Promise<void> {
    for (let n = 0; n < WINDOWS; n++)
      this.seats.push({
        window: await this.opened(),
        ready: Promise.resolve(),
        underWay: new Set(),
        isFull: false,
        beginning: Promise.resolve(),
      });
    const lanes = this.seats.flatMap((seat) => Array.from({ length: LANES_PER_WINDOW }, () => this.lane(seat)));
    await Promise.all(lanes);
    await this.troubles;
    await this.checkStored();
    await this.checkMoney();
    this.count();
  }

  /** One conversation after another, and one message after another in it. */
  private async lane(seat: Seat): Promise<void> {
    let conversation: string | null = null;
    for (let told = this.next(); told; told = this.next()) {
      if (this.options.random.chance(0.1)) conversation = null;
      const begin = (): Promise<string | null> => this.ask(seat, told, conversation);
      // What follows in the conversation need not wait for those that others begin.
      const sent: Promise<string | null> = conversation === null ? seat.beginning.then(begin) : begin();
      if (conversation === null) seat.beginning = sent;
      conversation = (await sent) ?? conversation;
      if (conversation !== null && told.accepted > 0) await this.seeToItsEnd(seat, told, conversation);
      seat.underWay.delete(told);
    }
  }

  private next(): SentMessage | undefined {
    const { messages, trouble, random } = this.options;
    const n = this.log.messages.length;
    if (n >= messages) return undefined;
    if (n % trouble === trouble - 1) this.troubles = this.troubles.then(() => this.cause(n));
    const fault = random.chance(0.5) ? randomFault(random) : undefined;
    const told = new SentMessage(`m${n} r${random.between(LEAST_WORDS, 40)} ${fault?.tag ?? ''}`, fault);
    this.log.messages.push(told);
    return told;
  }

  /** @returns the conversation, if it was accepted. */
  private async ask(seat: Seat, told: SentMessage, conversation: string | null): Promise<string | null> {
    await isReady(seat);
    const { tally } = this.options;
    seat.underWay.add(told);
    if (seat.isFull) told.touched = true;
    const startMs = performance.now();
    for (;;) {
      const send = (): Promise<BudgetAnswer | undefined> =>
        seat.window.ask({ kind: 'send', conversation, text: told.text, model: MODEL, maxTokens: MAX_TOKENS });
      const answers = await Promise.all(told.fault?.deed === 'double click' ? [send(), send()] : [send()]);
      const accepted = answers.filter((answer) => answer?.kind === 'accepted');
      told.accepted += accepted.length;
      told.refused += answers.filter((answer) => answer?.kind === 'refused').length;
      told.unanswered += answers.filter((answer) => answer === undefined || answer.kind === 'failed').length;
      if (accepted.length > 1) tally.wrong(`both of a double click were accepted: “${told.text}”`);
      const [first] = accepted;
      if (first) {
        this.log.conversations.add(first.conversation);
        return first.conversation;
      }
      for (const answer of answers) if (answer?.kind === 'failed') tally.wrong(`a send failed: ${answer.error}`);
      if (told.touched || told.unanswered > 0) return null;
      const refusal = answers.find((answer) => answer?.kind === 'refused');
      // The window in which it streamed has died, which the others do not know at once.
      if (refusal?.code !== 'BUSY' || performance.now() - startMs > SURE_MS) {
        tally.wrong(`“${told.text}” was refused: ${refusal?.code}`);
        return null;
      }
      await delay(100);
      await isReady(seat);
    }
  }

  private async seeToItsEnd(seat: Seat, told: SentMessage, conversation: string): Promise<void> {
    const { random, tally } = this.options;
    const startMs = performance.now();
    const limit = new AbortController();
    const ended = seat.window.ask({ kind: 'ended', conversation });
    if (told.fault?.deed === 'stop') {
      await delay(random.below(150));
      await seat.window.ask({ kind: 'stop', conversation });
    }
    const isLate = await Promise.race([
      ended.then(() => false),
      delay(ENDLESS_MS, true, { signal: limit.signal }).catch(() => true),
    ]);
    limit.abort();
    this.longestEndMs = Math.max(this.longestEndMs, performance.now() - startMs);
    if (isLate)
      tally.wrong(`the reply has not ended after ${ENDLESS_MS} ms: “${told.text}” (${told.fault?.name ?? 'no fault'})`);
  }

  /** Something that meets everything that is under way in a window. */
  private async cause(n: number): Promise<void> {
    const { random } = this.options;
    const seat = this.seats[n % this.seats.length] ?? random.pick(this.seats);
    const kind = (['kill', 'full disk', 'reopen', 'snapshot'] as const)[this.troublesBegun++ % 4];
    if (kind === 'kill') await this.kill(seat);
    else if (kind === 'full disk') await this.fillDisk(seat);
    else if (kind === 'reopen') await this.reopen(seat);
    else await this.command(seat.window, { kind: 'snapshot' });
  }

  private async kill(seat: Seat): Promise<void> {
    const opened = this.opened();
    const old = seat.window;
    seat.ready = opened.then((window) => {
      seat.window = window;
    });
    touch(seat);
    await this.options.pool.kill(old);
    this.counts.kills += 1;
    await seat.ready;
  }

  private async reopen(seat: Seat): Promise<void> {
    touch(seat);
    seat.ready = this.command(seat.window, { kind: 'close' }).then(() => this.open(seat.window));
    this.counts.reopened += 1;
    await seat.ready;
  }

  private async fillDisk(seat: Seat): Promise<void> {
    seat.isFull = true;
    touch(seat);
    await this.command(seat.window, { kind: 'fullDisk', calls: this.options.random.between(1, 6) });
    await delay(FULL_DISK_MS);
    await this.command(seat.window, { kind: 'fullDisk', calls: 0 });
    touch(seat);
    seat.isFull = false;
    this.counts.fullDisks += 1;
  }

  private async checkStored(): Promise<void> {
    const { directory, tally } = this.options;
    const conversations = [...this.log.conversations];
    for (const [n, { window }] of this.seats.entries())
      this.log.check(await this.shownBy(window, conversations), `in window ${n}`);
    for (const { window } of this.seats) await this.command(window, { kind: 'close' });
    const read = await storedIn(directory);
    this.log.check(read, 'after a restart');
    this.log.check(await readFromJournals(directory), 'in the journals');
    const { all, incomplete } = this.log.innocents(read);
    // All but one in a thousand.
    if (incomplete.length > all / 1_000)
      tally.wrong(`${incomplete.length} of ${all} messages without a fault are not complete: ${incomplete.join(', ')}`);
    tally.note(`${all - incomplete.length} of ${all} without a fault complete`);
  }

  /** Once no reply is shown as streaming. */
  private async shownBy(window: BudgetWindow, conversations: readonly string[]): Promise<readonly StoredMessage[]> {
    const startMs = performance.now();
    for (;;) {
      const answer = await this.command(window, { kind: 'messages', conversations });
      const messages = answer?.kind === 'messages' ? answer.messages : [];
      if (messages.every(({ state }) => state !== 'streaming') || performance.now() - startMs > SURE_MS)
        return messages;
      await delay(100);
    }
  }

  private async checkMoney(): Promise<void> {
    const { emulator, directory, tally } = this.options;
    const asked = groupedBy(
      emulator.requests.flatMap(({ path: url, body }) => (url.endsWith('/chat/completions') ? [questionIn(body)] : [])),
      turnOf,
    );
    const billable = [...asked.values()].reduce(
      (sum, questions) => sum + billsOf(questions[0] ?? '', questions.length),
      0,
    );
    const startMs = performance.now();
    while (emulator.bills.length < billable && performance.now() - startMs < SURE_MS) await delay(20);
    if (emulator.bills.length !== billable) tally.wrong(`${emulator.bills.length} bills for ${billable} requests`);
    const [reader] = this.seats;
    if (!reader) return;
    // Every bill is asked for at once.
    await this.command(reader.window, { kind: 'open', directory, baseUrl: emulator.baseUrl, limits: NO_LIMITS });
    await this.command(reader.window, { kind: 'reconcile' });
    const book = await this.command(reader.window, { kind: 'book', reservations: this.log.reservationIds });
    if (book?.kind === 'book') this.log.checkMoney(emulator.bills, book.entries, book.settledNanoUsd);
    await this.command(reader.window, { kind: 'close' });
  }

  private count(): void {
    const {
      counts,
      options: { tally },
    } = this;
    for (const told of this.log.messages) {
      tally.case();
      counts.refused += told.refused;
      if (told.fault) counts.faulty += 1;
      else if (told.touched) counts.touched += 1;
      else counts.innocent += 1;
    }
    tally.note(
      `${counts.faulty} with a fault of their own, ${counts.touched} in a window that was hit, ${counts.refused} sends refused`,
    );
    tally.note(
      `${counts.kills} processes killed, ${counts.reopened} closed and opened, ${counts.fullDisks} full disks`,
    );
    tally.note(`the longest reply took ${(this.longestEndMs / 1000).toFixed(1)} s`);
    for (const { window } of this.seats) this.options.pool.giveBack(window);
  }

  private async opened(): Promise<BudgetWindow> {
    const window = this.options.pool.take();
    const name = `w${(this.windows += 1)}`;
    window.listen((report) => this.log.take(name, report));
    await this.open(window);
    return window;
  }

  private async open(window: BudgetWindow): Promise<void> {
    const { directory, emulator } = this.options;
    await this.command(window, { kind: 'clock', nowMs: Date.now() });
    await this.command(window, {
      kind: 'open',
      directory,
      baseUrl: emulator.baseUrl,
      limits: NO_LIMITS,
      silenceMs: SILENCE_MS,
    });
  }

  private async command(window: BudgetWindow, command: BudgetCommand): Promise<BudgetAnswer | undefined> {
    const answer = await window.ask(command);
    if (answer?.kind === 'failed') this.options.tally.wrong(`${command.kind} failed: ${answer.error}`);
    return answer;
  }
}

/** What is done right after it meets an open window. */
async function isReady(seat: Seat): Promise<void> {
  for (let awaited: unknown; awaited !== seat.ready;) {
    awaited = seat.ready;
    await seat.ready;
  }
}

function touch({ underWay }: Seat): void {
  for (const told of underWay) told.touched = true;
}

function questionIn(body: unknown): string {
  const { messages = [] } = body as {
    readonly messages?: readonly { readonly role: string; readonly content: string }[];
  };
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}
