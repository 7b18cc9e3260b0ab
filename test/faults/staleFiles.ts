import type { AppendFile, JournalFiles } from '../../src/infrastructure/store/journal/files';

/** As long as a network file system may answer from memory. */
export const STALE_MS = 3_000;

interface Remembered<T> {
  readonly value: T;
  readonly atMs: number;
}

/**
 * A folder as a machine sees it over a network: what it wrote itself is there at once; of other machines' files the
 * list, lengths, times and contents may be up to three seconds old, each for itself.
 */
export class StaleFiles implements JournalFiles {
  private readonly own = new Set<string>();
  private names: Remembered<readonly string[]> | undefined;
  private readonly sizes = new Map<string, Remembered<number | undefined>>();
  private readonly times = new Map<string, Remembered<number | undefined>>();
  private readonly contents = new Map<string, Remembered<Buffer>>();

  constructor(
    private readonly shared: JournalFiles,
    private readonly nowMs: () => number,
  ) {}

  createDirectory(): Promise<void> {
    return this.shared.createDirectory();
  }

  checkWritable(): Promise<void> {
    return this.shared.checkWritable();
  }

  async list(): Promise<readonly string[]> {
    this.names = this.isFresh(this.names) ? this.names : { value: await this.shared.list(), atMs: this.nowMs() };
    return [...new Set([...this.names.value, ...this.own])];
  }

  create(name: string): Promise<AppendFile> {
    this.own.add(name);
    return this.shared.create(name);
  }

  syncDirectory(): Promise<void> {
    return this.shared.syncDirectory();
  }

  async remove(name: string): Promise<void> {
    this.own.delete(name);
    await this.shared.remove(name);
  }

  async quarantine(name: string): Promise<void> {
    this.own.delete(name);
    await this.shared.quarantine(name);
  }

  async isOnNetwork(): Promise<boolean> {
    return true;
  }

  size(name: string): Promise<number | undefined> {
    return this.remembered(this.sizes, name, () => this.shared.size(name));
  }

  modifiedMs(name: string): Promise<number | undefined> {
    return this.remembered(this.times, name, () => this.shared.modifiedMs(name));
  }

  touch(name: string): Promise<void> {
    return this.shared.touch(name);
  }

  /** A length that is newer than the content it belongs to reads as zeros. */
  async read(name: string, position: number, length: number): Promise<Buffer> {
    if (this.own.has(name)) return this.shared.read(name, position, length);
    const whole = await this.remembered(this.contents, name, async () =>
      this.shared.read(name, 0, (await this.shared.size(name)) ?? 0),
    );
    const size = (await this.size(name)) ?? 0;
    const padded =
      whole.length >= size ? whole.subarray(0, size) : Buffer.concat([whole, Buffer.alloc(size - whole.length)]);
    return Buffer.from(padded.subarray(position, position + length));
  }

  private async remembered<T>(memory: Map<string, Remembered<T>>, name: string, ask: () => Promise<T>): Promise<T> {
    const known = memory.get(name);
    if (!this.own.has(name) && this.isFresh(known)) return known.value;
    const value = await ask();
    memory.set(name, { value, atMs: this.nowMs() });
    return value;
  }

  private isFresh<T>(memory: Remembered<T> | undefined): memory is Remembered<T> {
    return memory !== undefined && this.nowMs() - memory.atMs < STALE_MS;
  }
}
