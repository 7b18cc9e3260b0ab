import { type NanoUsd, toNanoUsd } from '../../domain/money';
import type { Disposable } from '../../domain/emitter';
import type { ChatProvider, Connection, ConnectionSource, KeyCheck } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import type { KeyAllowance } from './ledger';

/** Monotonic milliseconds between two questions about the same key. */
const ROUTINE_GAP_MS = 5 * 60_000;
/** The same when a reply has been paid since the last one. */
const AFTER_REPLY_GAP_MS = 30_000;
const CHECK_TIMEOUT_MS = 15_000;

export interface KeyWatchOptions {
  readonly provider: Pick<ChatProvider, 'checkKey'>;
  readonly connections: ConnectionSource;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** Null: there is no key, it has no limit, or the answer did not say. What could not be asked is not told: the last stays. */
  readonly onAllowance: (allowance: KeyAllowance | null) => void;
}

/**
 * Follows what the account lets the key spend, which other programs with the same key lower, too. It has no timer: it
 * asks when somebody looks or a reply has ended, and not more often than its gaps allow.
 */
export class KeyWatch implements Disposable {
  private readonly subscription: Disposable;
  private asked: { readonly connection: Connection; readonly atMs: number } | undefined;
  /** This server keeps no account of the key. */
  private mute = false;
  private paidSince = false;
  private running: Promise<void> | undefined;

  constructor(private readonly options: KeyWatchOptions) {
    this.subscription = options.bus.event((event) => {
      if (event.type === 'turnEnded') {
        this.paidSince = true;
        void this.refresh();
      }
      // Another key, or another server. Before anybody looked there is nothing to put right.
      if (event.type === 'settingsChanged' && this.asked) void this.refresh();
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Somebody looks at the budget: asks if it is time to. Never throws. */
  refresh(): Promise<void> {
    this.running ??= this.ask().finally(() => (this.running = undefined));
    return this.running;
  }

  private async ask(): Promise<void> {
    const { clock, connections, onAllowance } = this.options;
    const connection = await connections.current().catch(() => undefined);
    if (!connection) return;
    const known = this.asked && isSame(this.asked.connection, connection) ? this.asked : undefined;
    if (
      known &&
      (this.mute || clock.monotonicMs() - known.atMs < (this.paidSince ? AFTER_REPLY_GAP_MS : ROUTINE_GAP_MS))
    )
      return;
    // The last answer was about another key.
    if (this.asked && !known) onAllowance(null);
    this.asked = { connection, atMs: clock.monotonicMs() };
    this.mute = false;
    if (connection.key === undefined) return;
    this.paidSince = false;
    const check = await this.options.provider.checkKey(AbortSignal.timeout(CHECK_TIMEOUT_MS), connection.key);
    const now = await connections.current().catch(() => undefined);
    if (now && !isSame(now, connection)) return this.ask();
    if (check.kind === 'failed') return;
    this.mute = check.limit === null && check.usageDaily === null && check.usageMonthly === null;
    onAllowance(allowanceOf(check));
  }
}

const isSame = (a: Connection, b: Connection): boolean => a.baseUrl === b.baseUrl && a.key === b.key;

function allowanceOf({ limit, limitRemaining, limitReset }: Extract<KeyCheck, { kind: 'ok' }>): KeyAllowance | null {
  if (limit === null || limitRemaining === null) return null;
  const amount = (usd: typeof limit): NanoUsd => toNanoUsd(usd, 'nearest');
  return { limitNanoUsd: amount(limit), remainingNanoUsd: amount(limitRemaining), reset: limitReset };
}
