import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { WriterJob, WriterReport } from './writerJobs';

const WASM_PATH = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

const STORE_SOURCES = path.join(__dirname, '..', '..', 'src', 'infrastructure', 'store');

/** A window at work in a process of its own. */
export class WriterProcess {
  readonly reports: WriterReport[] = [];
  /** Resolves with the exit code, or the signal that ended it, when everything it said has been read. */
  readonly ended: Promise<number | string | null>;

  constructor(private readonly child: ChildProcess) {
    const { stdout } = child;
    if (!stdout) throw new Error('the process has no output');
    // A line without its end was not said in full: readline gives it out at the end, and JSON does not parse.
    createInterface({ input: stdout }).on('line', (line) => {
      const report = parsed(line);
      if (report) this.reports.push(report);
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal ?? code));
    });
  }

  start(job: WriterJob): void {
    this.child.stdin?.write(`${JSON.stringify(job)}\n`);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  acknowledgements(lane: string): number {
    return this.reports.filter((report) => report.kind === 'acknowledged' && report.lane === lane).length;
  }
}

function parsed(line: string): WriterReport | undefined {
  try {
    return JSON.parse(line) as WriterReport;
  } catch {
    return undefined;
  }
}

/** Windows that are started ahead and wait for work: a run then costs its work, not the start of Node. */
export class WriterPool {
  private readonly waiting: WriterProcess[] = [];

  private constructor(
    private readonly folder: string,
    private readonly size: number,
  ) {}

  static async create(size: number): Promise<WriterPool> {
    const folder = mkdtempSync(path.join(tmpdir(), 'writers-'));
    const entryPoints = [path.join(__dirname, 'writerProcess.ts'), path.join(STORE_SOURCES, 'storeWorker.ts')];
    await build({
      entryPoints,
      outdir: folder,
      entryNames: '[name]',
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const pool = new WriterPool(folder, size);
    pool.fill();
    return pool;
  }

  take(): WriterProcess {
    const writer = this.waiting.shift() ?? this.spawned();
    this.fill();
    return writer;
  }

  /** @param uid user that the process runs as; only root may choose one. */
  spawned(uid?: number): WriterProcess {
    const scripts = ['writerProcess.js', 'storeWorker.js'].map((name) => path.join(this.folder, name));
    const owner = uid === undefined ? {} : { uid, gid: uid };
    return new WriterProcess(
      spawn(process.execPath, [...scripts, WASM_PATH], { stdio: ['pipe', 'pipe', 'inherit'], ...owner }),
    );
  }

  /** Where the windows' scripts are: a window of another user must be able to read it. */
  get scriptFolder(): string {
    return this.folder;
  }

  async dispose(): Promise<void> {
    for (const writer of this.waiting) writer.signal('SIGKILL');
    await Promise.all(this.waiting.map((writer) => writer.ended));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fill(): void {
    while (this.waiting.length < this.size) this.waiting.push(this.spawned());
  }
}
