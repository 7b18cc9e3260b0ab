import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../../domain/ids';
import type { Disposable } from '../../../domain/emitter';
import type { JournalFiles } from '../journal/files';
import { LiveFiles, STALE_MS, SURELY_TOUCHED_MS, hashOf, isRunning, thisMachine } from './liveFiles';

/**
 * A claim is an empty file. Its name contains the conversation, the machine, the process, the window and a number that
 * makes it unique. All information is in the name, so a killed process can't leave a partial claim.
 */
const NAME = /^turn-([0-9a-f]{32})-([0-9a-f]{16})-(\d{1,10})-([0-9a-f]{16})-\d+$/;
export const isClaimName = (name: string): boolean => NAME.test(name);

const MAX_ATTEMPTS = 8;
const SHORTEST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 24;

/**
 * Allows one turn at a time per conversation across all windows and processes, without a lock that could be orphaned.
 * A window creates a claim file and then lists the folder. If no other living process has a claim, it has the
 * conversation. Of two windows that create claims at once, at least one sees the other. If several see each other,
 * only the one with the lowest name keeps its claim and lists again, so one of them gets the conversation.
 *
 * The claim of a killed process is detected immediately by its process id. If a claim has not been touched for
 * `STALE_MS`, its process may sleep or hang, may be on a machine with another clock, or its process id may have been
 * reused. Such a claim is observed for `SURELY_TOUCHED_MS` and removed only if it is still not touched. A process that
 * resumes after such a pause does not learn that its conversation was claimed, and touches its claim again. Both
 * replies are then stored as siblings in the tree, each with its own reservation: a claim decides only who may begin.
 */
export class TurnClaims {
  private readonly live: LiveFiles;
  private readonly held = new Set<ConversationId>();
  private readonly window = randomBytes(8).toString('hex');
  private count = 0;

  /** @param wait replaced in tests. */
  constructor(
    private readonly files: JournalFiles,
    private readonly wait: (ms: number) => Promise<unknown> = (ms) => delay(ms),
  ) {
    this.live = new LiveFiles(files);
  }

  /**
   * If the claim file can't be created or the folder can't be listed, the claim is granted: the commit then fails with
   * the error. @returns undefined while another turn has the conversation, in this window or in another living one.
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

  /** Releases all claims. */
  close(): Promise<void> {
    return this.live.close();
  }

  /** @returns the file name of the claim; undefined if another window has the conversation. */
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

  /** Claims of the same conversation by other living windows. Removes the claims of killed processes. */
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

  /** Compares the file times of both claims, because the clock of this window may differ from the clock of the disk. */
  private async isAlive(name: string, own: string): Promise<boolean> {
    const [touchedMs, nowMs] = [await this.modifiedMs(name), await this.modifiedMs(own)];
    if (touchedMs === undefined) return false;
    if (nowMs === undefined || Math.abs(nowMs - touchedMs) <= STALE_MS) return true;
    await this.wait(SURELY_TOUCHED_MS);
    if ((await this.modifiedMs(name)) !== touchedMs) return true;
    await this.remove(name);
    return false;
  }

  /** Returns the current time on an error, for example while the file is being removed, so that it is checked again. */
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
