import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { RefusedError } from '../../src/domain/failure';
import { conversationId, modelId, reservationId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import type { Settings } from '../../src/domain/ports/settings';
import type { Clock, Timers } from '../../src/domain/ports/system';
import type { StoreEvent } from '../../src/domain/storeEvent';
import { isSpendEvent } from '../../src/domain/storeEvent';
import { OpenRouterProvider } from '../../src/infrastructure/openrouter/client';
import { type JournalFiles, systemCode } from '../../src/infrastructure/store/journal/files';
import { NodeJournalFiles } from '../../src/infrastructure/store/journal/nodeFiles';
import { systemTimers } from '../../src/infrastructure/system/system';
import { type ComposedCore, composeCore } from '../support/testCore';
import {
  type BookEntry,
  type BudgetAnswer,
  type BudgetCommand,
  type BudgetLimits,
  type BudgetReport,
  type StoredMessage,
  UNREACHABLE_TAG,
  storedMessage,
} from './budgetJobs';
import { failing, faultyFiles } from './faultyFiles';

/**
 * A window in a process of its own: the whole product but the editor, its real client included. It takes commands as
 * lines of JSON and reports in lines. Argument: the path of `sql-wasm.wasm`.
 */
const [wasmPath = ''] = process.argv.slice(2);
const WRITES = new Set(['write', 'sync', 'create', 'syncDirectory']);
/** A look at whether all bills that were asked for have been answered. */
const LOOK_MS = 2;

/** Synchronous: a report that was given reaches the other end even if the next instruction never runs. */
function report(line: BudgetReport): void {
  let left: Buffer = Buffer.from(`${JSON.stringify(line)}\n`);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      // The other end has not read for a while.
      if (systemCode(error) !== 'EAGAIN') throw error;
    }
  }
}

/** A wall clock that can be set and goes on from there. */
class SetClock implements Clock {
  private wallMs = Date.now();
  private sinceMs = 0;

  set(nowMs: number): void {
    this.wallMs = nowMs;
    this.sinceMs = performance.now();
  }

  nowMs(): number {
    return Math.round(this.wallMs + performance.now() - this.sinceMs);
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** From here on a wait is the reconciler's; shorter ones are the gate's, which must pass by themselves. */
const HELD_FROM_MS = 1_000;

/** Waits until it is released: the reconciler's minutes pass in a moment. */
class HeldTimers implements Timers {
  private readonly held = new Set<() => void>();

  after(ms: number, action: () => void): { dispose(): void } {
    if (ms < HELD_FROM_MS) return systemTimers.after(ms, action);
    this.held.add(action);
    return { dispose: () => this.held.delete(action) };
  }

  get waiting(): number {
    return this.held.size;
  }

  pass(): void {
    const due = [...this.held];
    this.held.clear();
    for (const action of due) action();
  }
}

interface Window {
  readonly core: ComposedCore;
  readonly timers: HeldTimers;
  /** Of the newest reply of each conversation. */
  readonly ends: Map<string, Promise<void>>;
}

const clock = new SetClock();
const disk = { fullCalls: 0 };
let open: Window | undefined;

function windowIn({ directory, baseUrl, limits, silenceMs }: Extract<BudgetCommand, { kind: 'open' }>): Window {
  const timers = new HeldTimers();
  const { origin } = new URL(baseUrl);
  const connection = { baseUrl, origin, key: 'sk-or-test', keyRequired: true, isOpenRouter: true };
  const provider = new OpenRouterProvider({
    connections: { current: () => Promise.resolve(connection) },
    clock,
    fetch: fetchOrFail,
    ...(silenceMs === undefined
      ? {}
      : { timeouts: () => ({ firstByteMs: silenceMs, idleMs: silenceMs, noContentMs: 2 * silenceMs }) }),
  });
  const files = (folder: string): JournalFiles => fullAtTimes(namingJournals(new NodeJournalFiles(folder)));
  const core = composeCore(provider, {
    directory,
    connection,
    clock,
    timers: silenceMs === undefined ? timers : systemTimers,
    files,
    wasmPath,
    settings: settingsWith(limits),
  });
  reportCommits(core);
  core.bus.event((event) => {
    if (event.type === 'overran') report({ kind: 'overran', model: event.model });
  });
  return { core, timers, ends: new Map() };
}

/** The port of the discard service, where nothing listens any more. */
const NOBODY = 'http://127.0.0.1:9/';

const fetchOrFail: typeof fetch = (input, init) => {
  const { messages = [] } =
    typeof init?.body === 'string'
      ? (JSON.parse(init.body) as { readonly messages?: readonly { readonly content: unknown }[] })
      : {};
  return fetch(String(messages.at(-1)?.content).includes(UNREACHABLE_TAG) ? NOBODY : input, init);
};

const settingsWith = (limits: BudgetLimits): Partial<Settings> => ({
  replyLimitNanoUsd: amount(limits.replyLimitNanoUsd),
  conversationLimitNanoUsd: amount(limits.conversationLimitNanoUsd),
  dailyLimitNanoUsd: amount(limits.dailyLimitNanoUsd),
  monthlyLimitNanoUsd: amount(limits.monthlyLimitNanoUsd),
  // Faults are the rule here; what comes of them is asked for, not how soon one gives up.
  circuitFailureThreshold: 1_000_000,
});

const amount = (value: number | null): Settings['dailyLimitNanoUsd'] => (value === null ? null : nanoUsd(value));

/** Full for as many calls as was said. */
const fullAtTimes = (files: JournalFiles): JournalFiles =>
  faultyFiles(files, ({ name }) => {
    if (disk.fullCalls === 0 || !WRITES.has(name)) return undefined;
    disk.fullCalls -= 1;
    return failing('ENOSPC', name === 'write' ? 'half' : 'none');
  });

/** Says what its journals are called, so that their ends can be torn after a kill. */
function namingJournals(files: JournalFiles): JournalFiles {
  const create = files.create.bind(files);
  files.create = (name) => {
    if (name.startsWith('j-')) report({ kind: 'journal', name });
    return create(name);
  };
  return files;
}

function reportCommits({ store }: ComposedCore): void {
  const commit = store.commit.bind(store);
  let last = 0;
  store.commit = async (events) => {
    const number = ++last;
    const spend = events.filter(isSpendEvent);
    const asked = questionsIn(events);
    const says = spend.length > 0 || asked.length > 0;
    if (says) report({ kind: 'committing', commit: number, spend, asked });
    await commit(events);
    if (says) report({ kind: 'committed', commit: number });
  };
}

/** The replies that begin here, and what they answer. */
function questionsIn(events: readonly StoreEvent[]): { messageId: string; text: string }[] {
  const added = events.filter((event) => event.type === 'message.added');
  return added
    .filter(({ role }) => role === 'assistant')
    .map(({ messageId, parentId }) => ({
      messageId,
      text: added.find((other) => other.messageId === parentId)?.content ?? '',
    }));
}

async function run(command: BudgetCommand): Promise<BudgetAnswer> {
  if (command.kind === 'open') {
    open = windowIn(command);
    return DONE;
  }
  if (command.kind === 'clock') {
    clock.set(command.nowMs);
    return DONE;
  }
  if (command.kind === 'fullDisk') {
    disk.fullCalls = command.calls;
    return DONE;
  }
  if (!open) throw new Error(`nothing is open for ${command.kind}`);
  return runIn(open, command);
}

const DONE: BudgetAnswer = { kind: 'done' };

async function runIn(
  window: Window,
  command: Exclude<BudgetCommand, { kind: 'open' | 'clock' | 'fullDisk' }>,
): Promise<BudgetAnswer> {
  const { core } = window;
  switch (command.kind) {
    case 'close':
      open = undefined;
      await core.dispose();
      return DONE;
    case 'send':
      return send(window, command);
    case 'ended':
      await window.ends.get(command.conversation);
      return DONE;
    case 'messages':
      await core.projection.refresh();
      return {
        kind: 'messages',
        messages: (await Promise.all(command.conversations.map((id) => messagesOf(core, id)))).flat(),
      };
    case 'stop':
      if (command.conversation === undefined) await core.orchestrator.stopAll();
      else await core.orchestrator.stop(conversationId(command.conversation));
      return DONE;
    case 'limits':
      core.settings.value = { ...core.settings.value, ...settingsWith(command.limits) };
      return DONE;
    case 'snapshot':
      // Another window's kill may have left what forbids it.
      await core.projection.save().catch(() => undefined);
      return DONE;
    case 'storeUnsaved':
      await core.conversations.flush();
      return DONE;
    case 'reconcile':
      await reconcile(window);
      return DONE;
    case 'acceptOverrun':
      await core.ledger.acceptOverrun(modelId(command.model));
      return DONE;
    case 'settleByPerson':
      await core.ledger.settleByUser(reservationId(command.reservation), nanoUsd(command.costNanoUsd));
      return DONE;
    case 'book':
      await core.ledger.refresh();
      await core.projection.refresh();
      return {
        kind: 'book',
        entries: command.reservations.map((id) => entryOf(core, id)),
        settledNanoUsd: (await core.store.chargeTotals({})).all.settledNanoUsd,
      };
  }
}

async function send(
  { core, ends }: Window,
  { conversation, text, model, maxTokens }: Extract<BudgetCommand, { kind: 'send' }>,
): Promise<BudgetAnswer> {
  const id = conversation === null ? null : conversationId(conversation);
  const accepted = await core.orchestrator.send({
    conversationId: id,
    text,
    attachments: [],
    model: modelId(model),
    maxTokens,
  });
  ends.set(accepted.conversationId, accepted.done);
  return { kind: 'accepted', conversation: accepted.conversationId };
}

async function messagesOf({ store }: ComposedCore, conversation: string): Promise<readonly StoredMessage[]> {
  return [...((await store.load(conversationId(conversation)))?.messages.values() ?? [])].map(storedMessage);
}

/** Every open bill is asked for once, whatever the answer; also one whose id is stored only now, with the settlement of another. */
async function reconcile({ core: { ledger, bills }, timers }: Window): Promise<void> {
  await ledger.refresh();
  const asked = new Set<string>();
  for (;;) {
    bills.start();
    const open = ledger.pending().filter(({ generationId }) => generationId !== null);
    if (open.every(({ reserved }) => asked.has(reserved.reservationId))) return;
    for (const { reserved } of open) asked.add(reserved.reservationId);
    timers.pass();
    // Each ends settled or waits again; what cannot be stored waits, too.
    while (timers.waiting < ledger.pending().filter(({ generationId }) => generationId !== null).length) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      // Those that another window's journal has brought since.
      bills.start();
    }
  }
}

function entryOf({ ledger }: ComposedCore, id: string): BookEntry {
  const known = ledger.book.get(reservationId(id));
  if (!known) return { reservation: id, state: null, costNanoUsd: 0 };
  return {
    reservation: id,
    state: known.settled ? 'settled' : known.released ? 'released' : 'pending',
    costNanoUsd: known.settled?.costNanoUsd ?? 0,
  };
}

function refusalOf(error: unknown): BudgetAnswer {
  if (!(error instanceof RefusedError))
    return { kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { refusal } = error;
  return { kind: 'refused', code: refusal.code, ...('period' in refusal ? { period: refusal.period } : {}) };
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, command } = JSON.parse(line) as { id: number; command: BudgetCommand };
    run(command)
      .catch(refusalOf)
      .then(
        (answer) => report({ kind: 'answer', id, answer }),
        (error: unknown) => console.error(error),
      );
  })
  .on('close', () => process.exit(0));
