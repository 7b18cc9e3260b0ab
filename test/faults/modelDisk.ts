import type { AppendFile, JournalFiles } from '../../src/infrastructure/store/journal/files';
import { testClock } from '../unit/infrastructure/store/storeFixtures';
import { systemError } from './faultyFiles';
import type { SeededRandom } from './seededRandom';

/** What a disk writes as a whole or not at all. */
const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly length: number };

interface ModelFile {
  content: Buffer;
  /** Content that was flushed. */
  durable: Buffer;
  /** Changes since then: a power cut keeps any of them, in any order, or a part of one. */
  pending: Change[];
  links: number;
  /** Epoch milliseconds by the system's clock, as a file system stamps it. */
  modifiedMs: number;
}

type NameChange =
  | { readonly kind: 'add'; readonly name: string; readonly file: ModelFile }
  | { readonly kind: 'remove'; readonly name: string };

/**
 * A folder on a disk that keeps only what was flushed: contents by a flush of the file, names by a flush of the
 * folder. `afterPowerCut` says what a start may find, as bad as POSIX allows it to be.
 */
export class ModelDisk implements JournalFiles {
  private readonly names = new Map<string, ModelFile>();
  private durableNames = new Map<string, ModelFile>();
  private pendingNames: NameChange[] = [];

  /** @param nowMs the clock that stamps files: the one that the windows' wall clock shows. */
  constructor(private readonly nowMs: () => number = testClock.nowMs) {}

  /** File names and contents as they stand. */
  contents(): ReadonlyMap<string, Buffer> {
    return new Map([...this.names].map(([name, file]) => [name, file.content]));
  }

  /** A file that is on the disk, flushed, as if it had always been there. */
  put(name: string, content: Buffer): void {
    const file: ModelFile = { content, durable: content, pending: [], links: 1, modifiedMs: this.nowMs() };
    this.names.set(name, file);
    this.durableNames.set(name, file);
  }

  /** The folder as it is found when only the process has died. */
  afterKill(): ModelDisk {
    return diskOf(this.contents());
  }

  /** The folder as it may be found when the power has failed: one of the many ways, chosen by `random`. */
  afterPowerCut(random: SeededRandom): ModelDisk {
    // Often all or nothing: these are the most likely and not the least harmful.
    const keepChance = random.pick([0, 0, 0.5, 0.5, 1]);
    const names = new Map(this.durableNames);
    for (const change of this.pendingNames) {
      if (!random.chance(keepChance)) continue;
      if (change.kind === 'add') names.set(change.name, change.file);
      else names.delete(change.name);
    }
    const contents = [...names].map(([name, file]): [string, Buffer] => [name, afterCut(file, random, keepChance)]);
    return diskOf(new Map(contents));
  }

  async createDirectory(): Promise<void> {
    // The folder is there from the start.
  }

  async checkWritable(): Promise<void> {
    // Everything is.
  }

  async list(): Promise<readonly string[]> {
    return [...this.names.keys()];
  }

  async create(name: string): Promise<AppendFile> {
    if (this.names.has(name)) throw systemError('EEXIST');
    const file: ModelFile = {
      content: Buffer.alloc(0),
      durable: Buffer.alloc(0),
      pending: [],
      links: 1,
      modifiedMs: this.nowMs(),
    };
    this.names.set(name, file);
    this.pendingNames.push({ kind: 'add', name, file });
    return new ModelAppendFile(file, this.nowMs);
  }

  async syncDirectory(): Promise<void> {
    const names = new Map(this.names);
    const flushed = this.pendingNames.length;
    await aMoment();
    this.durableNames = names;
    this.pendingNames = this.pendingNames.slice(flushed);
  }

  async remove(name: string): Promise<void> {
    const file = this.names.get(name);
    if (!file) throw systemError('ENOENT');
    file.links -= 1;
    this.names.delete(name);
    this.pendingNames.push({ kind: 'remove', name });
  }

  async quarantine(name: string): Promise<void> {
    await this.remove(name);
  }

  async isOnNetwork(): Promise<boolean> {
    return false;
  }

  async size(name: string): Promise<number | undefined> {
    return this.names.get(name)?.content.length;
  }

  async modifiedMs(name: string): Promise<number | undefined> {
    return this.names.get(name)?.modifiedMs;
  }

  async touch(name: string): Promise<void> {
    const file = this.names.get(name);
    // Two touches within one tick of the clock still differ, as on file systems with fine time stamps.
    if (file) file.modifiedMs = this.nowMs() === Math.floor(file.modifiedMs) ? file.modifiedMs + 0.001 : this.nowMs();
    else await this.create(name);
  }

  async read(name: string, position: number, length: number): Promise<Buffer> {
    const file = this.names.get(name);
    if (!file) throw systemError('ENOENT');
    return Buffer.from(file.content.subarray(position, position + length));
  }
}

class ModelAppendFile implements AppendFile {
  constructor(
    private readonly file: ModelFile,
    private readonly nowMs: () => number,
  ) {}

  async write(bytes: Uint8Array, position: number): Promise<number> {
    this.change({ kind: 'write', position, bytes: Buffer.from(bytes) });
    return bytes.length;
  }

  /** What is written while the disk is flushing is not flushed by it. */
  async sync(): Promise<void> {
    const { pending } = this.file;
    await aMoment();
    for (const change of pending) this.file.durable = changed(this.file.durable, change);
    this.file.pending = this.file.pending.slice(pending.length);
  }

  /** As Linux does it: what could not be flushed counts as flushed, and the next flush says that all is well. */
  async failSync(): Promise<void> {
    this.file.pending = [];
  }

  async truncate(length: number): Promise<void> {
    this.change({ kind: 'truncate', length });
  }

  async isLinked(): Promise<boolean> {
    return this.file.links > 0;
  }

  async close(): Promise<void> {
    // Closing flushes nothing.
  }

  private change(change: Change): void {
    this.file.pending = [...this.file.pending, change];
    this.file.content = changed(this.file.content, change);
    this.file.modifiedMs = this.nowMs();
  }
}

function afterCut(file: ModelFile, random: SeededRandom, keepChance: number): Buffer {
  let content = file.durable;
  const order = random.chance(0.5) ? file.pending : shuffled(file.pending, random);
  for (const change of order) {
    if (random.chance(keepChance)) content = changed(content, change);
    else if (keepChance > 0 && change.kind === 'write')
      content = changed(content, { ...change, bytes: torn(content, change, random) });
  }
  return content;
}

/** A write of which any sectors arrived. The others hold what was there, or zeros or garbage where the file grew. */
function torn(before: Buffer, { position, bytes }: Extract<Change, { kind: 'write' }>, random: SeededRandom): Buffer {
  const kept = Buffer.from(bytes.subarray(0, random.chance(0.5) ? bytes.length : random.below(bytes.length + 1)));
  const filler = random.pick([0, 0xff, 0x41]);
  for (let start = 0; start < kept.length;) {
    const end = Math.min(kept.length, start + SECTOR_BYTES - ((position + start) % SECTOR_BYTES));
    if (random.chance(0.5)) {
      for (let at = start; at < end; at++) kept[at] = before[position + at] ?? filler;
    }
    start = end;
  }
  return kept;
}

function changed(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') {
    return change.length <= content.length
      ? content.subarray(0, change.length)
      : Buffer.concat([content, Buffer.alloc(change.length - content.length)]);
  }
  const end = change.position + change.bytes.length;
  const grown = Buffer.alloc(Math.max(content.length, end));
  content.copy(grown);
  change.bytes.copy(grown, change.position);
  return grown;
}

function diskOf(contents: ReadonlyMap<string, Buffer>): ModelDisk {
  const disk = new ModelDisk();
  for (const [name, content] of contents) disk.put(name, content);
  return disk;
}

function shuffled<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** A flush takes its time; an acknowledgement that does not wait for it would be seen. */
const aMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
