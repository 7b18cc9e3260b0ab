import { type NanoUsd, toNanoUsd } from '../../domain/money';
import type { Disposable } from '../../domain/emitter';
import type { ChatProvider, Connection, ConnectionSource, KeyCheck } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import type { KeyAllowance } from './ledger';

/** Monotonic milliseconds between two checks of the same key. */
const ROUTINE_GAP_MS = 5 * 60_000;
/** The same if a reply was paid since the last check. */
const AFTER_REPLY_GAP_MS = 30_000;
const CHECK_TIMEOUT_MS = 15_000;

export interface KeyWatchOptions {
  readonly provider: Pick<ChatProvider, 'checkKey'>;
  readonly connections: ConnectionSource;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** Null: there is no key, it has no limit, or the response did not state one. Not called after a failed check. */
  readonly onAllowance: (allowance: KeyAllowance | null) => void;
}

/**
 * Follows the provider's limit of the key, which other programs with the same key use up, too. It has no timer: it checks
 * when the budget is shown or a reply has ended, at most once per gap.
 */
export class KeyWatch implements Disposable {
  private readonly subscription: Disposable;
  private lastCheck: { readonly connection: Connection; readonly atMs: number } | undefined;
  /** This server has no information about keys. */
  private isUnsupported = false;
  private paidSince = false;
  private running: Promise<void> | undefined;

  constructor(private readonly options: KeyWatchOptions) {
    this.subscription = options.bus.event((event) => {
      if (event.type === 'turnEnded') {
        this.paidSince = true;
        void this.refresh();
      }
      // Perhaps another key or server. Before the first check there is nothing to correct.
      if (event.type === 'settingsChanged' && this.lastCheck) void this.refresh();
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** To be called when the budget is shown. Checks the key if the gap has passed. Never throws. */
  refresh(): Promise<void> {
    this.running ??= this.ask().finally(() => (this.running = undefined));
    return this.running;
  }

  private async ask(): Promise<void> {
    const { clock, connections, onAllowance } = this.options;
    const connection = await connections.current().catch(() => undefined);
    if (!connection) return;
    const known = this.lastCheck && isSame(this.lastCheck.connection, connection) ? this.lastCheck : undefined;
    if (
      known &&
      (this.isUnsupported || clock.monotonicMs() - known.atMs < (this.paidSince ? AFTER_REPLY_GAP_MS : ROUTINE_GAP_MS))
    )
      return;
    // The last check was of another key.
    if (this.lastCheck && !known) onAllowance(null);
    this.lastCheck = { connection, atMs: clock.monotonicMs() };
    this.isUnsupported = false;
    if (connection.key === undefined) return;
    this.paidSince = false;
    const check = await this.options.provider.checkKey(AbortSignal.timeout(CHECK_TIMEOUT_MS), connection.key);
    const now = await connections.current().catch(() => undefined);
    if (now && !isSame(now, connection)) return this.ask();
    if (check.kind === 'failed') return;
    this.isUnsupported = check.limit === null && check.usageDaily === null && check.usageMonthly === null;
    onAllowance(allowanceOf(check));
  }
}

const isSame = (a: Connection, b: Connection): boolean => a.baseUrl === b.baseUrl && a.key === b.key;

function allowanceOf({ limit, limitRemaining, limitReset }: Extract<KeyCheck, { kind: 'ok' }>): KeyAllowance | null {
  if (limit === null || limitRemaining === null) return null;
  const amount = (usd: typeof limit): NanoUsd => toNanoUsd(usd, 'nearest');
  return { limitNanoUsd: amount(limit), remainingNanoUsd: amount(limitRemaining), reset: limitReset };
}
