import type { MessageId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import type { StoreEvent } from '../../../domain/storeEvent';
import type { JournalFiles } from '../journal/files';
import { LiveFiles, STALE_MS, isRunning, thisMachine } from './liveFiles';

/**
 * While a process streams a reply, it keeps an empty file whose name contains the journal, the machine and the process.
 * Other windows use it to distinguish a running reply from one whose process has died. All information is in the name,
 * so a killed process can't leave a partial file. The file affects only how a reply is shown, never what is stored.
 */
const NAME = /^live-([0-9a-f]{32})-([0-9a-f]{16})-(\d{1,10})$/;
export const isPresenceName = (name: string): boolean => NAME.test(name);
const nameOf = async (writer: string): Promise<string> => `live-${writer}-${await thisMachine()}-${process.pid}`;

/**
 * Shows other windows that this process is streaming the replies begun in its journals. If the file can't be created,
 * other windows show the reply as interrupted until it ends.
 */
export class OwnPresence {
  /** The journal of each running reply. */
  private readonly running = new Map<MessageId, string>();
  private readonly live: LiveFiles;
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(files: JournalFiles) {
    this.live = new LiveFiles(files);
  }

  track(writer: string, events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.type === 'message.added' && event.state === 'streaming') this.begin(writer, event.messageId);
      else if (event.type === 'reply.ended') this.end(event.messageId);
    }
  }

  async close(): Promise<void> {
    this.running.clear();
    await this.lastChange;
    await this.live.close();
  }

  private begin(writer: string, id: MessageId): void {
    const isFirst = ![...this.running.values()].includes(writer);
    this.running.set(id, writer);
    if (isFirst) this.lastChange = nameOf(writer).then((name) => this.live.begin(name));
  }

  private end(id: MessageId): void {
    const writer = this.running.get(id);
    if (writer === undefined) return;
    this.running.delete(id);
    if (![...this.running.values()].includes(writer))
      this.lastChange = nameOf(writer).then((name) => this.live.end(name));
  }
}

interface Sighting {
  readonly modifiedMs: number;
  /** Monotonic time when `modifiedMs` was first seen. */
  readonly seenMs: number;
}

/** Tracks which other processes are streaming, as of the last `refresh`. */
export class PresenceWatch {
  /** By writer. */
  private readonly sightings = new Map<string, Sighting>();

  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
  ) {}

  /** While true, refresh regularly: another process may end without a change signal. */
  get hasAny(): boolean {
    return this.sightings.size > 0;
  }

  isAlive(writer: string): boolean {
    return this.sightings.has(writer);
  }

  /** @returns the writers that were streaming at the last refresh and no longer are. */
  async refresh(): Promise<readonly string[]> {
    const names = (await this.files.list()).filter(isPresenceName);
    const before = [...this.sightings.keys()];
    for (const writer of before)
      if (!names.some((name) => name.startsWith(`live-${writer}-`))) this.sightings.delete(writer);
    for (const name of names) await this.check(name);
    return before.filter((writer) => !this.sightings.has(writer));
  }

  private async check(name: string): Promise<void> {
    const [, writer = '', machine, pid] = NAME.exec(name) ?? [];
    const modifiedMs = await this.files.modifiedMs(name).catch(() => undefined);
    if (modifiedMs === undefined) return;
    // For a process on another machine, only the age of the file is known.
    if (machine === (await thisMachine()) && !isRunning(Number(pid))) return this.removeStale(name, writer);
    const nowMs = this.clock.monotonicMs();
    const known = this.sightings.get(writer);
    const ageMs = known?.modifiedMs === modifiedMs ? nowMs - known.seenMs : known ? 0 : this.clock.nowMs() - modifiedMs;
    if (ageMs > STALE_MS) this.sightings.delete(writer);
    else if (known?.modifiedMs !== modifiedMs) this.sightings.set(writer, { modifiedMs, seenMs: nowMs });
  }

  /** Removes the file of a killed process. */
  private async removeStale(name: string, writer: string): Promise<void> {
    this.sightings.delete(writer);
    await this.files.remove(name).catch(() => undefined);
  }
}
