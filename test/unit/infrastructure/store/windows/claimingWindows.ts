import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** A window in its own process. See claimingProcess.ts for the commands. */
export class ClaimingWindow {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => void)[] = [];
  private readonly ended: Promise<unknown>;

  constructor(script: string, directory: string) {
    this.child = spawn(process.execPath, [script, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = once(this.child, 'close');
    if (!this.child.stdout) throw new Error('the process has no output');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.waiting.shift()?.(line);
    });
  }

  send(command: string): void {
    this.child.stdin?.write(`${command}\n`);
  }

  /** @returns the next line of output. */
  ask(command: string): Promise<string> {
    const answer = new Promise<string>((resolve) => void this.waiting.push(resolve));
    this.send(command);
    return answer;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves when the process has been reaped. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** Bundles claimingProcess.ts and starts and kills its processes. */
export class ClaimingWindows {
  private folder = '';
  private readonly started: ClaimingWindow[] = [];

  async build(): Promise<void> {
    this.folder = mkdtempSync(path.join(tmpdir(), 'claiming-'));
    await build({
      entryPoints: [path.join(__dirname, 'claimingProcess.ts')],
      outfile: this.script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['sql.js'],
    });
  }

  open(directory: string): ClaimingWindow {
    const window = new ClaimingWindow(this.script, directory);
    this.started.push(window);
    return window;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((window) => window.kill()));
  }

  async dispose(): Promise<void> {
    await this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get script(): string {
    return path.join(this.folder, 'claimingProcess.cjs');
  }
}
