import { Emitter } from '../../src/domain/emitter';
import type { ConversationId } from '../../src/domain/ids';
import type { SpendGap } from '../../src/domain/failure';
import {
  type EventWriter,
  type SpendSource,
  type StoreChange,
  type StoreChanges,
  StoreWriteError,
} from '../../src/domain/ports/store';
import type { Timers } from '../../src/domain/ports/system';
import { type SpendEvent, type StoreEvent, isSpendEvent } from '../../src/domain/storeEvent';

export type SpendStore = EventWriter & SpendSource & StoreChanges;

/** The spend journals of several windows, in memory. Later reads see every appended event. */
export class SharedJournals {
  readonly events: StoreEvent[] = [];
  /** Charges of each conversation that only the database still has. */
  readonly old = new Map<ConversationId, readonly SpendEvent[]>();
  gaps: readonly SpendGap[] = [];
  isFull = false;
  /** A folder that cannot be listed. */
  isUnlistable = false;
  recalls = 0;

  /** `step` is called before and after each disk access, so that other windows can run in between. */
  constructor(private readonly step: () => Promise<unknown> = () => Promise.resolve()) {}

  window(): SpendStore {
    return {
      commit: async (events) => {
        await this.step();
        if (this.isFull) throw new StoreWriteError({ kind: 'diskFull' });
        this.events.push(...events);
        await this.step();
      },
      spendEvents: async (position = 0) => {
        await this.step();
        if (this.isUnlistable) throw new Error('EACCES: permission denied');
        const read = {
          events: this.events.slice(position).filter(isSpendEvent),
          position: this.events.length,
          gaps: this.gaps,
        };
        await this.step();
        return read;
      },
      spendOf: async (id) => {
        this.recalls += 1;
        return this.old.get(id) ?? [];
      },
      onDidChange: new Emitter<StoreChange>().event,
    };
  }
}

/** Time that the test moves. */
export class HandTimers implements Timers {
  private nowMs = 0;
  private readonly waiting = new Set<{ readonly atMs: number; readonly action: () => void }>();

  after(ms: number, action: () => void) {
    const entry = { atMs: this.nowMs + ms, action };
    this.waiting.add(entry);
    return { dispose: () => void this.waiting.delete(entry) };
  }

  /** Remaining waits, soonest first. */
  get waits(): readonly number[] {
    return [...this.waiting].map(({ atMs }) => atMs - this.nowMs).sort((a, b) => a - b);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const entry of [...this.waiting].filter(({ atMs }) => atMs <= this.nowMs)) {
      this.waiting.delete(entry);
      entry.action();
    }
  }
}
