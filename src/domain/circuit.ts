import type { FailureCode } from './failure';
import type { StreamOutcome } from './ports/provider';
import type { Settings } from './ports/settings';

/** Whether requests to a model are sent. `failures`: consecutive failures that are the provider's fault. */
export type CircuitState =
  | { readonly kind: 'closed'; readonly failures: number; readonly threshold: number }
  /** Nothing is sent for `waitMs` from now, monotonic. */
  | { readonly kind: 'open'; readonly failures: number; readonly threshold: number; readonly waitMs: number }
  /** One test request is let through. While it runs (`isRunning`), no other one is sent. */
  | { readonly kind: 'halfOpen'; readonly failures: number; readonly threshold: number; readonly isRunning: boolean };

/** Consecutive failures of one model at one origin. */
export interface FailureRun {
  readonly failures: number;
  /** Monotonic time of the failure that started the recovery time. */
  readonly failedAtMs: number;
  readonly isTestRunning: boolean;
}

export type CircuitSettings = Pick<Settings, 'circuitFailureThreshold' | 'circuitRecoveryMs'>;

/** Computed from the current settings, so that changes take effect at once. */
export function circuitState(run: FailureRun, settings: CircuitSettings, nowMs: number): CircuitState {
  const { failures, failedAtMs, isTestRunning } = run;
  const counts = { failures, threshold: settings.circuitFailureThreshold };
  if (failures < counts.threshold) return { kind: 'closed', ...counts };
  if (isTestRunning) return { kind: 'halfOpen', ...counts, isRunning: true };
  const waitMs = failedAtMs + settings.circuitRecoveryMs - nowMs;
  return waitMs > 0 ? { kind: 'open', ...counts, waitMs } : { kind: 'halfOpen', ...counts, isRunning: false };
}

/**
 * Milliseconds until a request may be sent; 0: now. While a test request runs its end is unknown, so the whole recovery
 * time is assumed, as if it failed now.
 */
export function circuitWaitMs(state: CircuitState, { circuitRecoveryMs }: CircuitSettings): number {
  if (state.kind === 'open') return Math.ceil(state.waitMs);
  return state.kind === 'halfOpen' && state.isRunning ? circuitRecoveryMs : 0;
}

/** What the end of a request says about the provider. */
export type Verdict = 'answered' | 'failed' | 'nothing';

const TO_BLAME: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'NETWORK',
  'TIMEOUT',
  'OVERLOADED',
  'UPSTREAM',
  'STALLED',
  'TRUNCATED',
  'PROTOCOL',
]);

/**
 * An ordinary refusal shows that the provider works. A request that was never sent, except because of the network, says
 * nothing.
 */
export function verdictOn(outcome: StreamOutcome): Verdict {
  if (outcome.kind === 'complete') return 'answered';
  if (outcome.kind === 'aborted') return 'nothing';
  if (TO_BLAME.has(outcome.failure.code)) return 'failed';
  return outcome.sent ? 'answered' : 'nothing';
}
