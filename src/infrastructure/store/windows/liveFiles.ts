import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { JournalFiles } from '../journal/files';

/** How often a process touches its files to show that it is alive. */
const TOUCH_MS = 3_000;
/** A file that has not been touched for this long is stale: its process hangs, sleeps, or died on another machine. */
export const STALE_MS = 12_000;
/** A process that is alive touches its file at least once in this time, regardless of its clock. */
export const SURELY_TOUCHED_MS = TOUCH_MS + 2_000;

/**
 * Empty files that show that this process is alive and working on something. They are touched regularly and removed
 * when the work ends. Operations run one at a time, so that a late touch does not recreate a removed file.
 */
export class LiveFiles {
  private readonly names = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly files: JournalFiles) {}

  /** Never rejects. @returns whether the file was created. If not, the next touch tries again. */
  begin(name: string): Promise<boolean> {
    this.names.add(name);
    this.timer ??= setInterval(() => this.touchAll(), TOUCH_MS).unref();
    return this.later(() => this.files.touch(name));
  }

  /** Resolves when the file has been removed or the removal failed. Other windows then see that it is stale. */
  async end(name: string): Promise<void> {
    if (!this.names.delete(name)) return;
    if (this.names.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    await this.later(() => this.files.remove(name));
  }

  async close(): Promise<void> {
    for (const name of [...this.names]) void this.end(name);
    await this.queue;
  }

  private touchAll(): void {
    for (const name of this.names)
      void this.later(() => (this.names.has(name) ? this.files.touch(name) : Promise.resolve()));
  }

  private later(task: () => Promise<void>): Promise<boolean> {
    const done = this.queue.then(task).then(
      () => true,
      () => false,
    );
    this.queue = done;
    return done;
  }
}

/** Whether a process runs on this machine. True for a zombie. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 only checks whether the process exists.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The first `length` hexadecimal digits of the SHA-256 hash. */
export const hashOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

let machine: Promise<string> | undefined;

/** Identifies where a process id is valid. Containers may share a host name but have their own process ids. */
export function thisMachine(): Promise<string> {
  machine ??= readlink('/proc/self/ns/pid').then(
    (pidNamespace) => hashOf(`${hostname()} ${pidNamespace}`, 16),
    () => hashOf(`${hostname()} `, 16),
  );
  return machine;
}
