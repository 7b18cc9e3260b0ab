import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { JournalFiles } from '../journal/files';

/** How often a process touches its files, so that others see that it lives. */
const TOUCH_MS = 3_000;
/** Not touched for this long: the process hangs, sleeps, or died on another machine. */
export const STALE_MS = 12_000;
/** In this time a process that lives has touched its file, wherever its clock stands. */
export const SURELY_TOUCHED_MS = TOUCH_MS + 2_000;

/**
 * Empty files whose names say of this process that it is alive and at something: made, touched while it goes on, and removed. One
 * after the other, so that no touch comes behind its file's end and makes it anew.
 */
export class LiveFiles {
  private readonly names = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly files: JournalFiles) {}

  /** Never rejects. @returns whether the file is there; if not, it is tried again. */
  begin(name: string): Promise<boolean> {
    this.names.add(name);
    this.timer ??= setInterval(() => this.touchAll(), TOUCH_MS).unref();
    return this.later(() => this.files.touch(name));
  }

  /** Resolves when the file is gone, or could not be removed: then its age tells others. */
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

/** Whether a process of this machine runs. One that nobody has waited for yet still does. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
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
