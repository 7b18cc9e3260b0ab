import { hostname } from 'node:os';
import * as z from 'zod';
import type { MessageId } from '../../domain/ids';
import type { Clock } from '../../domain/ports';
import type { StoreEvent } from '../../domain/storeEvent';
import type { JournalFiles } from './journalFiles';
import { LiveFiles, STALE_MS, isRunning } from './liveFiles';

/**
 * While a process streams a reply it keeps a small file that names it, so that other windows know a running reply
 * from one whose process has died. It decides only how a reply is shown; nothing is ever lost or written by it.
 */
const NAME = /^live-([0-9a-f]{32})\.json$/;
export const isPresenceName = (name: string): boolean => NAME.test(name);
const nameOf = (writer: string): string => `live-${writer}.json`;

const contentSchema = z.object({ pid: z.int().positive(), host: z.string() });

/**
 * Says to others that this process is at work on the replies that its journals began. Where the file cannot be made,
 * others show the reply as interrupted until it ends.
 */
export class OwnPresence {
  /** Running replies by the journal that began them. */
  private readonly running = new Map<MessageId, string>();
  private readonly live: LiveFiles;

  constructor(files: JournalFiles) {
    this.live = new LiveFiles(files);
  }

  note(writer: string, events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.type === 'message.added' && event.state === 'streaming') this.begin(writer, event.messageId);
      else if (event.type === 'reply.ended') this.end(event.messageId);
    }
  }

  async close(): Promise<void> {
    this.running.clear();
    await this.live.close();
  }

  private begin(writer: string, id: MessageId): void {
    const isFirst = ![...this.running.values()].includes(writer);
    this.running.set(id, writer);
    if (isFirst) void this.live.begin(nameOf(writer), Buffer.from(JSON.stringify({ pid: process.pid, host: hostname() })));
  }

  private end(id: MessageId): void {
    const writer = this.running.get(id);
    if (writer === undefined) return;
    this.running.delete(id);
    if (![...this.running.values()].includes(writer)) void this.live.end(nameOf(writer));
  }
}

interface Sighting {
  readonly modifiedMs: number;
  /** Monotonic: when that time was first seen. */
  readonly seenMs: number;
  readonly pid: number | undefined;
}

/** Knows which other processes are at work, as of the last `refresh`. */
export class PresenceWatch {
  private readonly sightings = new Map<string, Sighting>();

  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
  ) {}

  /** Others may end without a word: while there are any, look regularly. */
  get hasAny(): boolean {
    return this.sightings.size > 0;
  }

  isAlive(writer: string): boolean {
    return this.sightings.has(writer);
  }

  /** @returns the writers that were at work at the last look and are no more. */
  async refresh(): Promise<readonly string[]> {
    const writers = (await this.files.list()).map((name) => NAME.exec(name)?.[1]).filter((writer) => writer !== undefined);
    const before = [...this.sightings.keys()];
    for (const writer of before) if (!writers.includes(writer)) this.sightings.delete(writer);
    for (const writer of writers) await this.look(writer);
    return before.filter((writer) => !this.sightings.has(writer));
  }

  private async look(writer: string): Promise<void> {
    const modifiedMs = await this.files.modifiedMs(nameOf(writer)).catch(() => undefined);
    if (modifiedMs === undefined) return;
    const nowMs = this.clock.monotonicMs();
    const known = this.sightings.get(writer);
    const pid = known ? known.pid : await this.localPid(writer);
    const isDead = pid !== undefined && !isRunning(pid);
    const ageMs = known?.modifiedMs === modifiedMs ? nowMs - known.seenMs : known ? 0 : this.clock.nowMs() - modifiedMs;
    if (isDead || ageMs > STALE_MS) this.sightings.delete(writer);
    else if (known?.modifiedMs !== modifiedMs) this.sightings.set(writer, { modifiedMs, seenMs: nowMs, pid });
    // Nobody else will: its process was killed.
    if (isDead) await this.files.remove(nameOf(writer)).catch(() => undefined);
  }

  /** Undefined for a process of another machine, or when the file cannot be read: then its age alone tells. */
  private async localPid(writer: string): Promise<number | undefined> {
    try {
      const content: unknown = JSON.parse((await this.files.read(nameOf(writer), 0, 1024)).toString('utf8'));
      const { pid, host } = contentSchema.parse(content);
      return host === hostname() ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}
