import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../../domain/ids';
import type { Disposable } from '../../../domain/emitter';
import type { JournalFiles } from '../journal/files';
import { LiveFiles, STALE_MS, SURELY_TOUCHED_MS, hashOf, isRunning, thisMachine } from './liveFiles';

/**
 * A claim is an empty file whose name says everything: the conversation, the machine and the process, the window in
 * it, and a number, so that no name comes twice. So it is there as a whole or not at all, also when its owner is killed.
 */
const NAME = /^turn-([0-9a-f]{32})-([0-9a-f]{16})-(\d{1,10})-([0-9a-f]{16})-\d+$/;
export const isClaimName = (name: string): boolean => NAME.test(name);

const MAX_ATTEMPTS = 8;
const SHORTEST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 24;

/**
 * One turn at a time in a conversation, over all windows of all processes, without a lock that somebody would have to
 * break: announce, then look. Whoever sees no other claim of a process that lives has the conversation, and of two that
 * announce at once at least one sees the other. Of those that see each other only the one with the lowest name stays
 * announced and looks again; so one of them gets it.
 *
 * An owner that was killed is known by its process, at once. One that has not touched its file for `STALE_MS` may sleep
 * or hang, may be on a machine with another clock, or its process id may be another's by now: it is watched for as long
 * as a process that lives needs to touch it, and only then passed over. A process that was stopped for so long and goes
 * on is not told that its conversation was taken, and announces itself again. Then both replies are stored, side by side
 * in the tree, each with its own reservation: a claim decides who may begin, and nothing is written or lost by it.
 */
export class TurnClaims {
  private readonly live: LiveFiles;
  private readonly held = new Set<ConversationId>();
  private readonly window = randomBytes(8).toString('hex');
  private count = 0;

  /** @param wait tests need not wait as long. */
  constructor(
    private readonly files: JournalFiles,
    private readonly wait: (ms: number) => Promise<unknown> = (ms) => delay(ms),
  ) {
    this.live = new LiveFiles(files);
  }

  /**
   * Where no file can be made or no name read, the claim is given: then nothing can be stored either, and it is not for
   * a claim to say so. @returns undefined while another turn has it, in this window or in another one that is alive.
   */
  async claim(id: ConversationId): Promise<Disposable | undefined> {
    if (this.held.has(id)) return undefined;
    this.held.add(id);
    const name = await this.take(id);
    if (name === undefined) {
      this.held.delete(id);
      return undefined;
    }
    let isHeld = true;
    const dispose = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.held.delete(id);
      void this.live.end(name);
    };
    return { dispose };
  }

  /** Takes all claims back. */
  close(): Promise<void> {
    return this.live.close();
  }

  /** @returns the name under which the claim is announced. */
  private async take(id: ConversationId): Promise<string | undefined> {
    let name: string | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.wait(SHORTEST_WAIT_MS + Math.random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS));
      if (name === undefined) {
        name = await this.nextName(id);
        if (!(await this.live.begin(name))) return name;
      }
      const rivals = await this.rivalsOf(name).catch(() => []);
      const own = name;
      if (rivals.length === 0) return own;
      if (rivals.every((rival) => own < rival)) continue;
      await this.live.end(own);
      name = undefined;
    }
    if (name !== undefined) await this.live.end(name);
    return undefined;
  }

  /** Claims of the same conversation by other windows that are alive. Clears away what killed processes left. */
  private async rivalsOf(own: string): Promise<readonly string[]> {
    const [, conversation, here] = NAME.exec(own) ?? [];
    const rivals: string[] = [];
    for (const name of await this.files.list()) {
      const [, of, machine, pid, window] = NAME.exec(name) ?? [];
      if (of === undefined || window === this.window) continue;
      if (machine === here && !isRunning(Number(pid))) await this.remove(name);
      else if (of === conversation) rivals.push(name);
    }
    const alive = await Promise.all(rivals.map((name) => this.isAlive(name, own)));
    return rivals.filter((_, i) => alive[i]);
  }

  /** Its age is that of its file beside one's own: this window's clock may be set otherwise than the disk's. */
  private async isAlive(name: string, own: string): Promise<boolean> {
    const [touchedMs, nowMs] = [await this.modifiedMs(name), await this.modifiedMs(own)];
    if (touchedMs === undefined) return false;
    if (nowMs === undefined || Math.abs(nowMs - touchedMs) <= STALE_MS) return true;
    await this.wait(SURELY_TOUCHED_MS);
    if ((await this.modifiedMs(name)) !== touchedMs) return true;
    await this.remove(name);
    return false;
  }

  /** Of a file that is there but cannot be asked, as one that is being removed elsewhere: now, so that one looks again. */
  private async modifiedMs(name: string): Promise<number | undefined> {
    try {
      return await this.files.modifiedMs(name);
    } catch {
      return Date.now();
    }
  }

  private async remove(name: string): Promise<void> {
    await this.files.remove(name).catch(() => undefined);
  }

  private async nextName(id: ConversationId): Promise<string> {
    const count = (this.count += 1);
    return `turn-${hashOf(id, 32)}-${await thisMachine()}-${process.pid}-${this.window}-${count}`;
  }
}
