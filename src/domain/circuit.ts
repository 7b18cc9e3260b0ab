import type { FailureCode } from './failure';
import type { StreamOutcome } from './ports/provider';
import type { Settings } from './ports/settings';

/** Whether a model is asked. `failures`: in a row, as far as the provider is to blame. */
export type CircuitState =
  | { readonly kind: 'closed'; readonly failures: number; readonly threshold: number }
  /** Nothing is sent for `waitMs`, monotonic, from now. */
  | { readonly kind: 'open'; readonly failures: number; readonly threshold: number; readonly waitMs: number }
  /** One request is let through; `isUnderWay`: it is on its way, and no other one goes until it is answered. */
  | { readonly kind: 'halfOpen'; readonly failures: number; readonly threshold: number; readonly isRunning: boolean };

/** What is known of one model at one origin. */
export interface FailureRun {
  readonly failures: number;
  /** Monotonic: the failure from which the recovery time counts. */
  readonly failedAtMs: number;
  readonly isTestRunning: boolean;
}

export type CircuitSettings = Pick<Settings, 'circuitFailureThreshold' | 'circuitRecoveryMs'>;

/** By the settings of this moment, so that changed ones act at once. */
export function circuitState(run: FailureRun, settings: CircuitSettings, nowMs: number): CircuitState {
  const { failures, failedAtMs, isTestRunning } = run;
  const counts = { failures, threshold: settings.circuitFailureThreshold };
  if (failures < counts.threshold) return { kind: 'closed', ...counts };
  if (isTestRunning) return { kind: 'halfOpen', ...counts, isRunning: true };
  const waitMs = failedAtMs + settings.circuitRecoveryMs - nowMs;
  return waitMs > 0 ? { kind: 'open', ...counts, waitMs } : { kind: 'halfOpen', ...counts, isRunning: false };
}

/**
 * Until a request may go out, in milliseconds; 0: now. Nobody knows when a probe will be answered: if it failed now, it
 * would take the whole recovery time.
 */
export function circuitWaitMs(state: CircuitState, { circuitRecoveryMs }: CircuitSettings): number {
  if (state.kind === 'open') return Math.ceil(state.waitMs);
  return state.kind === 'halfOpen' && state.isRunning ? circuitRecoveryMs : 0;
}

/** What the end of a request says about whoever was asked. */
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

/** A proper refusal is an answer. What never left this machine for another reason than the network says nothing. */
export function verdictOn(outcome: StreamOutcome): Verdict {
  if (outcome.kind === 'complete') return 'answered';
  if (outcome.kind === 'aborted') return 'nothing';
  if (TO_BLAME.has(outcome.failure.code)) return 'failed';
  return outcome.sent ? 'answered' : 'nothing';
}
