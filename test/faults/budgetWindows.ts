import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { BudgetAnswer, BudgetCommand, BudgetReport } from './budgetJobs';

const WASM_PATH = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

/** SQLite's code is not made faster than a short life is worth: a killed window's successor starts in half the time. */
const QUICK_START = ['--liftoff-only'];

/** A window in a process of its own, as it is seen from here. */
export class BudgetWindow {
  /** Named as its journals are, the newest last. */
  readonly journals: string[] = [];
  private lastId = 0;
  private readonly waiting = new Map<number, (answer: BudgetAnswer | undefined) => void>();
  private readonly ended: Promise<void>;
  private isGone = false;
  private listener: ((report: BudgetReport) => void) | undefined;

  constructor(private readonly child: ChildProcess) {
    const { stdout } = child;
    if (!stdout) throw new Error('the process has no output');
    createInterface({ input: stdout }).on('line', (line) => this.take(line));
    child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('close', () => {
        this.isGone = true;
        for (const answer of this.waiting.values()) answer(undefined);
        resolve();
      });
    });
  }

  /**
   * What is asked in one moment arrives in one moment: of a double click, the second finds the first under way.
   * @returns undefined when the process died before it answered.
   */
  ask(command: BudgetCommand): Promise<BudgetAnswer | undefined> {
    if (this.isGone) return Promise.resolve(undefined);
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      const { stdin } = this.child;
      stdin?.cork();
      stdin?.write(`${JSON.stringify({ id, command })}\n`);
      process.nextTick(() => stdin?.uncork());
    });
  }

  listen(listener: ((report: BudgetReport) => void) | undefined): void {
    this.listener = listener;
  }

  /** Resolves when everything that it had said has been read. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private take(line: string): void {
    const report = parsed(line);
    if (!report) return;
    if (report.kind === 'answer') {
      this.waiting.get(report.id)?.(report.answer);
      this.waiting.delete(report.id);
      return;
    }
    if (report.kind === 'journal') this.journals.push(report.name);
    this.listener?.(report);
  }
}

/** A line without its end was not said in full. */
function parsed(line: string): BudgetReport | undefined {
  try {
    return JSON.parse(line) as BudgetReport;
  } catch {
    return undefined;
  }
}

/** Windows that are started ahead, so that a restart costs no start of Node. */
export class BudgetWindowPool {
  private readonly spare: BudgetWindow[] = [];
  private readonly given = new Set<BudgetWindow>();

  private constructor(
    private readonly folder: string,
    private readonly size: number,
  ) {}

  static async create(size: number): Promise<BudgetWindowPool> {
    const folder = mkdtempSync(path.join(tmpdir(), 'budget-windows-'));
    await build({
      entryPoints: [path.join(__dirname, 'budgetWindow.ts')],
      outdir: folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const pool = new BudgetWindowPool(folder, size);
    pool.fill();
    return pool;
  }

  take(): BudgetWindow {
    const window = this.spare.shift() ?? this.spawned();
    this.given.add(window);
    this.fill();
    return window;
  }

  async kill(window: BudgetWindow): Promise<void> {
    this.given.delete(window);
    await window.kill();
  }

  /** Takes back one that has closed its folder. */
  giveBack(window: BudgetWindow): void {
    this.given.delete(window);
    window.listen(undefined);
    this.spare.push(window);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.spare, ...this.given].map((window) => window.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fill(): void {
    while (this.spare.length < this.size) this.spare.push(this.spawned());
  }

  private spawned(): BudgetWindow {
    return new BudgetWindow(
      spawn(process.execPath, [...QUICK_START, path.join(this.folder, 'budgetWindow.js'), WASM_PATH], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
  }
}
