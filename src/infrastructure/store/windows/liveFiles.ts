import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { JournalFiles } from '../journal/files';

/** How often a process touches its files to show that it is alive. */
const TOUCH_MS = 3_000;
/** A file that was not touched for this long belongs to a process that hangs, sleeps or died on another machine. */
export const STALE_MS = 12_000;
/** A running process touches its file within this time, whatever its clock says. */
export const SURELY_TOUCHED_MS = TOUCH_MS + 2_000;

/**
 * Empty files whose names say that this process is alive and what it is doing. They are created, touched while that
 * goes on, and removed. The calls run in order, so that no touch recreates a removed file.
 */
export class LiveFiles {
  private readonly names = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly files: JournalFiles) {}

  /** Never rejects. @returns whether the file exists; if not, creating it is retried. */
  begin(name: string): Promise<boolean> {
    this.names.add(name);
    this.timer ??= setInterval(() => this.touchAll(), TOUCH_MS).unref();
    return this.later(() => this.files.touch(name));
  }

  /** Resolves when the file is removed or can't be removed; other processes then judge it by its age. */
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

/** Whether a process of this machine is running. Includes zombies. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 only checks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** `length` hexadecimal digits. */
export const hashOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

let machine: Promise<string> | undefined;

/** Identifies where a process id is valid: containers may share a host name and still number processes on their own. */
export function thisMachine(): Promise<string> {
  machine ??= readlink('/proc/self/ns/pid').then(
    (pidNamespace) => hashOf(`${hostname()} ${pidNamespace}`, 16),
    () => hashOf(`${hostname()} `, 16),
  );
  return machine;
}
