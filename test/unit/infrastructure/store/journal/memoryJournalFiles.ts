import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import type { AppendFile, JournalFiles } from '../../../../../src/infrastructure/store/journal/files';
import { foldJournals } from '../../../../../src/infrastructure/store/journal/fold';
import { SIGNAL_FILE, JournalSet } from '../../../../../src/infrastructure/store/journal/set';
import { parseStoreEvents } from '../../../../../src/infrastructure/store/journal/eventSchema';
import { testClock } from '../storeFixtures';

interface MemoryFile {
  bytes: Buffer;
  /** Content that would survive a power cut. */
  flushed: Buffer;
  linked: boolean;
  modifiedMs: number;
}

const LONG_AGO_MS = testClock.nowMs() - 48 * 60 * 60_000;

/** What happens to the call with this number (from 1) and name: an error is thrown, a number cuts a write short. */
export type FaultPlan = (call: number, name: string) => Error | number | undefined;

export const systemError = (code: string): Error => Object.assign(new Error(code), { code });

/** Journals in memory that can fail at any call and know what a power cut would leave. */
export class MemoryJournalFiles implements JournalFiles {
  readonly calls: string[] = [];
  private readonly files = new Map<string, MemoryFile>();
  private flushedNames = new Set<string>();

  constructor(private readonly plan: FaultPlan = () => undefined) {}

  /** The folder as a start after a power cut would find it: only what was flushed, under names that were flushed. */
  afterPowerCut(): MemoryJournalFiles {
    return this.copy((file, name) => (this.flushedNames.has(name) ? file.flushed : undefined));
  }

  /** The folder as a start after the death of the process would find it. */
  afterKill(plan?: (name: string) => Error | number | undefined): MemoryJournalFiles {
    return this.copy((file) => file.bytes, plan && ((_, name) => plan(name)));
  }

  /** A file that has been there for long. */
  put(name: string, bytes: Buffer): void {
    this.files.set(name, {
      bytes,
      flushed: bytes,
      linked: true,
      modifiedMs: (this.files.get(name)?.modifiedMs ?? LONG_AGO_MS) + 1,
    });
    this.flushedNames.add(name);
  }

  content(name: string): Buffer | undefined {
    return this.files.get(name)?.bytes;
  }

  deleteAll(): void {
    for (const file of this.files.values()) file.linked = false;
    this.files.clear();
  }

  /** Without the change signal, which is empty. */
  get names(): readonly string[] {
    return [...this.files.keys()].filter((name) => name !== SIGNAL_FILE);
  }

  async createDirectory(): Promise<void> {
    this.call('createDirectory');
  }

  async checkWritable(): Promise<void> {
    this.call('checkWritable');
  }

  async list(): Promise<readonly string[]> {
    this.call('list');
    return [...this.files.keys()];
  }

  async create(name: string): Promise<AppendFile> {
    this.call('create');
    if (this.files.has(name)) throw systemError('EEXIST');
    const file: MemoryFile = {
      bytes: Buffer.alloc(0),
      flushed: Buffer.alloc(0),
      linked: true,
      modifiedMs: testClock.nowMs(),
    };
    this.files.set(name, file);
    return this.appendFile(file);
  }

  async syncDirectory(): Promise<void> {
    this.call('syncDirectory');
    this.flushedNames = new Set(this.files.keys());
  }

  async remove(name: string): Promise<void> {
    this.call('remove');
    this.files.delete(name);
  }

  async size(name: string): Promise<number | undefined> {
    this.call('size');
    return this.files.get(name)?.bytes.length;
  }

  async modifiedMs(name: string): Promise<number | undefined> {
    this.call('modifiedMs');
    return this.files.get(name)?.modifiedMs;
  }

  async touch(name: string): Promise<void> {
    this.call('touch');
    const file = this.files.get(name);
    if (file) file.modifiedMs = Math.max(testClock.nowMs(), file.modifiedMs + 1);
    else
      this.files.set(name, {
        bytes: Buffer.alloc(0),
        flushed: Buffer.alloc(0),
        linked: true,
        modifiedMs: testClock.nowMs(),
      });
  }

  async quarantine(name: string): Promise<void> {
    this.call('quarantine');
    this.files.delete(name);
  }

  async isOnNetwork(): Promise<boolean> {
    return false;
  }

  async read(name: string, position: number, length: number): Promise<Buffer> {
    this.call('read');
    return Buffer.from(this.files.get(name)?.bytes.subarray(position, position + length) ?? []);
  }

  private appendFile(file: MemoryFile): AppendFile {
    return {
      write: async (bytes, position) => {
        const limit = this.planned('write');
        // The worst a failing write can do: half of it is there.
        const taken = limit instanceof Error ? bytes.length >> 1 : Math.min(limit ?? bytes.length, bytes.length);
        file.bytes = Buffer.concat([
          file.bytes.subarray(0, position),
          bytes.subarray(0, taken),
          file.bytes.subarray(position + taken),
        ]);
        if (limit instanceof Error) throw limit;
        return taken;
      },
      sync: async () => {
        this.call('sync');
        // The disk takes its time; an acknowledgement that does not wait for it would be seen.
        await new Promise((resolve) => setImmediate(resolve));
        file.flushed = Buffer.from(file.bytes);
        this.calls.push('synced');
      },
      truncate: async (length) => {
        this.call('truncate');
        file.bytes = file.bytes.subarray(0, length);
      },
      isLinked: async () => {
        this.call('isLinked');
        return file.linked;
      },
      close: async () => this.call('close'),
    };
  }

  private call(name: string): void {
    const fault = this.planned(name);
    if (fault instanceof Error) throw fault;
  }

  private planned(name: string): Error | number | undefined {
    this.calls.push(name);
    return this.plan(this.calls.filter((call) => call !== 'synced').length, name);
  }

  private copy(
    contentOf: (file: MemoryFile, name: string) => Buffer | undefined,
    plan?: FaultPlan,
  ): MemoryJournalFiles {
    const copy = new MemoryJournalFiles(plan);
    for (const [name, file] of this.files) {
      const content = contentOf(file, name);
      if (content) copy.put(name, Buffer.from(content));
    }
    return copy;
  }
}

/** Every event that a fold would apply, in its order. */
export async function readEvents(files: JournalFiles): Promise<readonly StoreEvent[]> {
  const events: StoreEvent[] = [];
  await foldJournals({
    cursors: await new JournalSet(files, testClock).all(),
    apply: (frame) => events.push(...parseStoreEvents(frame.eventsJson.toString('utf8')).events),
    pause: () => undefined,
  });
  return events;
}
