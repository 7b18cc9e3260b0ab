import { RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import type { TurnClaimer } from '../../domain/ports/store';

interface RunningTurn {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** One turn at a time per conversation, across all windows for conversations that are already stored. */
export class TurnSlots {
  private readonly running = new Map<ConversationId, RunningTurn>();
  /** From the first check of a send until its stream is open, so that two sends can't both pass. Null: a new conversation. */
  private readonly preparing = new Set<ConversationId | null>();
  private readonly claims = new Map<ConversationId, Disposable>();

  constructor(private readonly store: TurnClaimer) {}

  /** A turn started with `run` inside `begin` keeps the slot until it ends. @throws RefusedError BUSY, or what `begin` throws. */
  async take<T>(id: ConversationId | null, begin: () => Promise<T>): Promise<T> {
    if (this.preparing.has(id) || (id !== null && this.running.has(id))) throw new RefusedError({ code: 'BUSY' });
    this.preparing.add(id);
    try {
      return await (id === null ? begin() : this.claimed(id, begin));
    } finally {
      this.preparing.delete(id);
    }
  }

  /** Resolves when the turn has ended. */
  run(id: ConversationId, controller: AbortController, turn: () => Promise<void>): Promise<void> {
    const done = turn().finally(() => {
      // Before this window can start its next turn.
      this.unclaim(id);
      this.running.delete(id);
    });
    this.running.set(id, { controller, done });
    return done;
  }

  async stop(id: ConversationId): Promise<boolean> {
    const turn = this.running.get(id);
    if (!turn) return false;
    turn.controller.abort();
    await turn.done;
    return true;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }

  isRunning(id: ConversationId): boolean {
    return this.running.has(id);
  }

  isBusy(id: ConversationId): boolean {
    return this.running.has(id) || this.preparing.has(id);
  }

  private async claimed<T>(id: ConversationId, begin: () => Promise<T>): Promise<T> {
    const claim = await this.store.claimTurn(id);
    if (!claim) throw new RefusedError({ code: 'BUSY' });
    this.claims.set(id, claim);
    try {
      return await begin();
    } catch (error) {
      this.unclaim(id);
      throw error;
    }
  }

  private unclaim(id: ConversationId): void {
    this.claims.get(id)?.dispose();
    this.claims.delete(id);
  }
}
