import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../../domain/ids';
import type { Disposable } from '../../../domain/emitter';
import type { JournalFiles } from '../journal/files';
import { LiveFiles, STALE_MS, SURELY_TOUCHED_MS, hashOf, isRunning, thisMachine } from './liveFiles';

/**
 * A claim is an empty file whose name contains everything: the conversation, the machine, the process, the window and a
 * number, so that no name is used twice. It exists completely or not at all, even if its owner is killed.
 */
const NAME = /^turn-([0-9a-f]{32})-([0-9a-f]{16})-(\d{1,10})-([0-9a-f]{16})-\d+$/;
export const isClaimName = (name: string): boolean => NAME.test(name);

const MAX_ATTEMPTS = 8;
const SHORTEST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 24;

/**
 * Ensures one turn at a time per conversation, over all windows of all processes, without a lock that could be left
 * behind: announce a claim, then list the claims. A window that sees no other claim of a running process has the
 * conversation, and of two that announce at once at least one sees the other. Among those that see each other, only the
 * one with the lowest name keeps its claim and lists again, so one of them gets the conversation.
 *
 * A killed owner is detected immediately by its process id. An owner that has not touched its file for `STALE_MS` may
 * be asleep or hang, may be on a machine with another clock, or its process id may have been reused. Its file is
 * watched for as long as a running process needs to touch it; only then is the claim ignored. A process that was
 * suspended for longer does not know that it lost its claim. Then both replies are stored side by side in the tree,
 * each with its own reservation: a claim only decides who may start.
 */
export class TurnClaims {
  private readonly live: LiveFiles;
  private readonly held = new Set<ConversationId>();
  private readonly window = randomBytes(8).toString('hex');
  private count = 0;

  /** @param wait shorter in tests. */
  constructor(
    private readonly files: JournalFiles,
    private readonly wait: (ms: number) => Promise<unknown> = (ms) => delay(ms),
  ) {
    this.live = new LiveFiles(files);
  }

  /**
   * Grants the claim if the file can't be created or the folder can't be listed: nothing can be stored then, which is
   * reported elsewhere. @returns undefined while another turn has the conversation, in this window or in another
   * running one.
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

  /** Removes all claims. */
  close(): Promise<void> {
    return this.live.close();
  }

  /** @returns the name of the announced claim. */
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

  /** Claims of the same conversation by other running windows. Removes what killed processes left behind. */
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

  /** Compares file times with each other: this process's clock may differ from the disk's. */
  private async isAlive(name: string, own: string): Promise<boolean> {
    const [touchedMs, nowMs] = [await this.modifiedMs(name), await this.modifiedMs(own)];
    if (touchedMs === undefined) return false;
    if (nowMs === undefined || Math.abs(nowMs - touchedMs) <= STALE_MS) return true;
    await this.wait(SURELY_TOUCHED_MS);
    if ((await this.modifiedMs(name)) !== touchedMs) return true;
    await this.remove(name);
    return false;
  }

  /**
   * Returns now if the file exists but its time can't be read, for example while it is being removed: the caller then
   * checks again.
   */
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
