import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FILE_HEADER_BYTES, encodeFrame } from '../../src/infrastructure/store/journal/frame';
import { writerOf } from '../../src/infrastructure/store/journal/files';
import type { Bill, OpenRouterEmulator } from '../support/openRouterEmulator';
import type { BudgetAnswer, BudgetCommand, BudgetLimits } from './budgetJobs';
import { BudgetOracle, turnOf } from './budgetOracle';
import type { BudgetWindow, BudgetWindowPool } from './budgetWindows';
import type { FaultTally } from './faultReport';
import type { SeededRandom } from './seededRandom';

const MOST_WINDOWS = 4;
const DAY_MS = 24 * 60 * 60_000;
/** Each schedule has a month of its own, and the clocks go wrong by less than that. */
const DAYS_PER_SCHEDULE = 62;
const FIRST_NOON_MS = Date.UTC(2026, 10, 20, 12);
const JUMPS_MS = [-DAY_MS, DAY_MS, 13 * 60 * 60_000, -13 * 60 * 60_000, 29 * DAY_MS, -29 * DAY_MS, 1_000];
/** About the worst case of one reply of `DEAR`. */
const UNIT_NANO_USD = 1_850_000;
const DEAR = { model: 'anthropic/claude-opus-5', maxTokens: 64 };
/** Of dear and cheap models, of providers that stop at once and such that go on, with and without a fee. */
const MODELS = [
  DEAR.model,
  'anthropic/claude-haiku-5',
  'google/gemini-3.5-flash',
  'perplexity/sonar-2',
  'meta-llama/llama-4-scout:free',
];
const MAX_TOKENS = [16, 64, 400];
const TAGS = [
  '[[stall]]',
  '[[cut]]',
  '[[midstream-error]]',
  '[[error:503]]',
  '[[reasoning]]',
  '[[usage:none]]',
  '[[usage:nocost]]',
  '[[usage:nullcost]]',
  '[[usage:cached]]',
  '[[usage:nodone]]',
  '[[usage:byok]]',
];
const BILL_LIMIT_MS = 20_000;
/** A window that does not answer for so long never will. */
const ANSWER_LIMIT_MS = 30_000;

/** A reply as long as its question wants it: `t7 r40 …` is 40 tokens of four characters. */
export const replyAsAsked = (question: string): string => 'word'.repeat(Number(/ r(\d+) /.exec(question)?.[1] ?? 1));

export interface BudgetCounts {
  sends: number;
  admitted: number;
  overBudget: number;
  otherRefusals: number;
  kills: number;
  settledByHand: number;
}

interface RunOptions {
  readonly pool: BudgetWindowPool;
  readonly emulator: OpenRouterEmulator;
  readonly directory: string;
  /** Begins the names of all its turns, and of nobody else's. */
  readonly label: string;
  readonly overcharge: number;
  readonly random: SeededRandom;
  readonly tally: FaultTally;
  readonly counts: BudgetCounts;
}

/** A folder that several windows share, and what is done with it. It lives through several schedules. */
export class BudgetRun {
  private readonly oracle: BudgetOracle;
  private readonly windows: BudgetWindow[] = [];
  private readonly names = new Map<BudgetWindow, string>();
  private readonly conversations: string[] = [];
  private readonly firstBill: number;
  private readonly firstRequest: number;
  private limits: BudgetLimits;
  private schedule = 0;
  private turns = 0;
  private started = 0;

  constructor(private readonly options: RunOptions) {
    const { emulator, overcharge, random, tally, label } = options;
    this.limits = randomLimits(random);
    this.firstBill = emulator.bills.length;
    this.firstRequest = emulator.requests.length;
    this.oracle = new BudgetOracle({
      limits: this.limits,
      overcharge,
      wrong: (what) => tally.wrong(`${what}, in schedule ${this.schedule} of ${label}`),
    });
  }

  /** One to four windows, a handful of steps, and at the end everything is reconciled and compared. */
  async runSchedule(steps: number): Promise<void> {
    const { random, tally } = this.options;
    this.schedule += 1;
    const wanted = random.between(1, MOST_WINDOWS);
    while (this.windows.length < wanted) this.windows.push(await this.opened());
    while (this.windows.length > wanted) await this.closed(this.windows.pop());
    await Promise.all(this.windows.map((window) => this.ask(window, { kind: 'clock', nowMs: this.noonMs })));
    await this.changeLimits();
    for (let step = 0; step < steps; step++) {
      await this.step();
      this.oracle.check(this.bills());
    }
    await this.settleAll();
    tally.case();
  }

  async end(): Promise<void> {
    for (const window of this.windows.splice(0)) await this.closed(window);
    if (this.options.overcharge > 1 && this.oracle.overrunsSeen > 0 && this.oracle.overranTold === 0)
      this.options.tally.wrong('no window said that a bill was higher than its worst case');
  }

  private get noonMs(): number {
    return FIRST_NOON_MS + this.schedule * DAYS_PER_SCHEDULE * DAY_MS;
  }

  private async step(): Promise<void> {
    const { random } = this.options;
    const window = random.pick(this.windows);
    const roll = random.next();
    if (roll < 0.6) return this.burst();
    if (roll < 0.68) return void (await this.ask(window, { kind: 'stop' }));
    if (roll < 0.72) return this.kill(window);
    if (roll < 0.79) return this.changeLimits();
    if (roll < 0.84)
      return void (await this.ask(window, { kind: 'clock', nowMs: this.noonMs + random.pick(JUMPS_MS) }));
    if (roll < 0.89) return void (await this.ask(window, { kind: 'fullDisk', calls: random.between(1, 6) }));
    if (roll < 0.94) return void (await this.ask(window, { kind: 'reconcile' }));
    if (roll < 0.96) return void (await this.ask(window, { kind: 'snapshot' }));
    if (roll < 0.98) return this.reopen(window);
    return this.acceptOverrun(window);
  }

  /** Several questions in several windows at once: that is when a gate could let through too much. */
  private async burst(): Promise<void> {
    const { random } = this.options;
    const before = this.oracle.reservationIds.length;
    const sinceDay = this.oracle.latestDurableDay;
    const first = random.below(this.windows.length);
    const sends = Array.from({ length: random.between(1, 5) }, (_, i) => {
      const conversation = this.conversations.length > 0 && random.chance(0.2) ? random.pick(this.conversations) : null;
      // One after the other, because a window begins one conversation at a time.
      const window = this.windows[(first + i) % this.windows.length] ?? random.pick(this.windows);
      return {
        window,
        conversation,
        ...this.request(),
        waitMs: random.chance(0.7) ? 0 : random.below(5),
        isDouble: random.chance(0.1),
        dies: random.chance(0.015),
      };
    });
    await Promise.all(
      sends.map(async ({ window, conversation, model, text, maxTokens, waitMs, isDouble, dies }) => {
        if (waitMs > 0) await delay(waitMs);
        const isBlocked = this.oracle.isOverrun(model);
        const asked = Array.from({ length: isDouble ? 2 : 1 }, () =>
          this.ask(window, { kind: 'send', conversation, text, model, maxTokens }),
        );
        if (dies) await this.kill(window);
        for (const answer of await Promise.all(asked)) this.count(answer, model, isBlocked && conversation === null);
      }),
    );
    this.oracle.checkDays(before, sinceDay);
  }

  private count(answer: BudgetAnswer | undefined, model: string, isBlocked: boolean): void {
    const { counts, tally } = this.options;
    counts.sends += 1;
    if (answer?.kind === 'accepted') {
      counts.admitted += 1;
      if (!this.conversations.includes(answer.conversation)) this.conversations.push(answer.conversation);
      if (isBlocked) tally.wrong(`${model} may be asked after a bill beyond its worst case`);
    } else if (answer?.kind === 'refused' && answer.code === 'BUDGET_EXCEEDED') counts.overBudget += 1;
    else if (answer?.kind === 'refused') counts.otherRefusals += 1;
  }

  /** Mostly replies that cost nearly their worst case, because the limits are a few times that; the others are of all kinds. */
  private request(): { readonly model: string; readonly maxTokens: number; readonly text: string } {
    const { random } = this.options;
    this.turns += 1;
    const isDear = random.chance(0.7);
    const { model, maxTokens } = isDear ? DEAR : { model: random.pick(MODELS), maxTokens: random.pick(MAX_TOKENS) };
    const tokens = isDear ? DEAR.maxTokens + random.below(9) : random.between(1, 90);
    const tag = random.chance(isDear ? 0.25 : 0.7) ? random.pick(TAGS) : '';
    return {
      model,
      maxTokens,
      text: `${this.options.label}.${this.turns} r${tokens} ${tag} ${'padding '.repeat(random.below(3))}`,
    };
  }

  private async kill(window: BudgetWindow): Promise<void> {
    const { pool, random, directory, counts } = this.options;
    const at = this.windows.indexOf(window);
    if (at === -1) return;
    const next = this.opened();
    this.windows.splice(at, 1);
    await pool.kill(window);
    counts.kills += 1;
    const journal = window.journals.at(-1);
    if (journal !== undefined && random.chance(0.5)) tear(path.join(directory, journal), random);
    this.windows.push(await next);
  }

  private async reopen(window: BudgetWindow): Promise<void> {
    await this.closed(window, false);
    await this.open(window);
  }

  private async changeLimits(): Promise<void> {
    this.limits = randomLimits(this.options.random);
    await Promise.all(this.windows.map((window) => this.ask(window, { kind: 'limits', limits: this.limits })));
    this.oracle.changeLimits(this.limits);
  }

  private async acceptOverrun(window: BudgetWindow): Promise<void> {
    const model = this.options.random.pick(MODELS);
    this.oracle.accept(model);
    await this.ask(window, { kind: 'acceptOverrun', model });
  }

  /** Everything ends, every bill is asked for, and the books of all windows are what was billed. */
  private async settleAll(): Promise<void> {
    const { random, counts, tally } = this.options;
    for (const window of this.windows) await this.ask(window, { kind: 'fullDisk', calls: 0 });
    if (random.chance(0.5))
      await this.until(
        () => this.unbilled().every((question) => question.includes('[[stall]]')),
        'replies that end by themselves',
      );
    await Promise.all(this.windows.map((window) => this.ask(window, { kind: 'stop' })));
    await this.until(() => this.unbilled().length === 0, 'bills');
    this.oracle.check(this.bills());
    const [reader] = this.windows;
    if (!reader) return;
    if (random.chance(0.3)) await this.reopen(reader);
    this.oracle.asksForBills();
    await this.ask(reader, { kind: 'reconcile' });
    const month = new Date(this.noonMs).toISOString().slice(0, 7);
    const byHand = this.oracle.checkBook(this.bills(), (await this.bookOf(reader)).entries, month);
    counts.settledByHand += byHand.length;
    for (const { reservation, costNanoUsd } of byHand)
      await this.ask(reader, { kind: 'settleByPerson', reservation, costNanoUsd });
    // A bill that a full disk kept in a window's memory comes after the person's word, and replaces it.
    await Promise.all(this.windows.map((window) => this.ask(window, { kind: 'storeUnsaved' })));
    const billed = this.oracle.bookable(this.bills());
    for (const window of this.windows) {
      const { entries, settledNanoUsd } = await this.bookOf(window);
      if (this.oracle.checkBook(this.bills(), entries, month).length > 0)
        tally.wrong('what was settled by hand is open elsewhere');
      if (settledNanoUsd !== billed) tally.wrong(`the ledger says ${settledNanoUsd}, the server billed ${billed}`);
    }
    tally.checked(this.oracle.reservationIds.length);
  }

  private async bookOf(window: BudgetWindow): Promise<Extract<BudgetAnswer, { kind: 'book' }>> {
    const answer = await this.ask(window, { kind: 'book', reservations: this.oracle.reservationIds });
    if (answer?.kind !== 'book') throw new Error('a window died');
    return answer;
  }

  private async opened(): Promise<BudgetWindow> {
    const window = this.options.pool.take();
    const name = `w${(this.started += 1)}`;
    this.names.set(window, name);
    window.listen((report) => this.oracle.take(name, report));
    await this.open(window);
    return window;
  }

  private async open(window: BudgetWindow): Promise<void> {
    const { directory, emulator } = this.options;
    await this.ask(window, { kind: 'clock', nowMs: this.noonMs });
    await this.ask(window, { kind: 'open', directory, baseUrl: emulator.baseUrl, limits: this.limits });
  }

  private async closed(window: BudgetWindow | undefined, forGood = true): Promise<void> {
    if (!window) return;
    await this.ask(window, { kind: 'close' });
    if (forGood) this.options.pool.giveBack(window);
  }

  private async ask(window: BudgetWindow, command: BudgetCommand): Promise<BudgetAnswer | undefined> {
    const limit = new AbortController();
    const tooLate = delay(ANSWER_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`no answer to ${JSON.stringify(command)}`);
    });
    tooLate.catch(() => undefined);
    const answer = await Promise.race([window.ask(command), tooLate]);
    limit.abort();
    if (answer?.kind === 'failed') this.options.tally.wrong(`${command.kind} failed: ${answer.error}`);
    return answer;
  }

  private bills(): readonly Bill[] {
    return this.options.emulator.bills.slice(this.firstBill).filter(({ question }) => this.isOurs(question));
  }

  /** Questions that reached the server and have no bill yet. */
  private unbilled(): readonly string[] {
    const billed = new Set(this.bills().map(({ question }) => turnOf(question)));
    const asked = this.options.emulator.requests
      .slice(this.firstRequest)
      .flatMap(({ path: url, body }) => (url.endsWith('/chat/completions') ? [questionIn(body)] : []));
    return asked.filter(
      (question) => this.isOurs(question) && !question.includes('[[error:') && !billed.has(turnOf(question)),
    );
  }

  private isOurs(question: string): boolean {
    return question.startsWith(`${this.options.label}.`);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const startMs = performance.now();
    while (!condition()) {
      if (performance.now() - startMs > BILL_LIMIT_MS)
        return this.options.tally.wrong(`waited in vain for ${what}: ${this.unbilled().join(' | ')}`);
      await delay(2);
    }
  }
}

function randomLimits(random: SeededRandom): BudgetLimits {
  const between = (least: number, most: number): number =>
    Math.round(UNIT_NANO_USD * (least + random.next() * (most - least)));
  return {
    dailyLimitNanoUsd: random.chance(0.1) ? null : between(0.8, 3.5),
    monthlyLimitNanoUsd: random.chance(0.7) ? null : between(0.8, 4.5),
    conversationLimitNanoUsd: random.chance(0.8) ? null : between(0.8, 2.5),
    replyLimitNanoUsd: random.chance(0.85) ? null : between(0.3, 1.5),
  };
}

/** The kill cut a write: the file ends with the beginning of a record that was never acknowledged. */
function tear(file: string, random: SeededRandom): void {
  const record = encodeFrame({ writer: writerOf(path.basename(file)), seq: 1_000_000, lamport: 1, schema: 3 }, '[]');
  const written = existsSync(file) ? statSync(file).size : 0;
  // Killed before the journal's own first bytes: no record was under way.
  if (written === 0) return;
  const journal = openSync(file, 'r+');
  writeSync(journal, record, 0, random.between(1, record.length - 1), Math.max(FILE_HEADER_BYTES, written));
  closeSync(journal);
}

function questionIn(body: unknown): string {
  const { messages = [] } = body as {
    readonly messages?: readonly { readonly role: string; readonly content: string }[];
  };
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}
