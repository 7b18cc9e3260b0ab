import { type CircuitState, type FailureRun, type Verdict, circuitState, circuitWaitMs } from '../../domain/circuit';
import { RefusedError } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import type { ConnectionSource } from '../../domain/ports/provider';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock, Timers } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';

export interface CircuitsOptions {
  readonly settings: SettingsSource;
  readonly connections: ConnectionSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bus: EventBus;
}

/** Permission for one request. The caller must report how the request ended. */
export interface CircuitPermit {
  /** Text is arriving. That is enough for a test request, however long its reply takes. */
  answers(): void;
  /** Only the first call counts. */
  over(verdict: Verdict): void;
}

interface Circuit extends FailureRun {
  failures: number;
  failedAtMs: number;
  isTestRunning: boolean;
}

const NO_FAILURES: FailureRun = { failures: 0, failedAtMs: 0, isTestRunning: false };

/**
 * Circuit breakers, one per origin and model, in this window's memory only. After several consecutive failures no requests
 * are sent for the recovery time; then one test request decides.
 */
export class Circuits implements Disposable {
  private readonly circuits = new Map<string, Circuit>();
  private origin = '';
  private alarm: Disposable | undefined;
  private readonly subscription: Disposable;

  constructor(private readonly options: CircuitsOptions) {
    this.subscription = options.bus.event((event) => {
      if (event.type === 'settingsChanged') void this.follow();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.alarm?.dispose();
  }

  /** At the origin of the last request or settings change. */
  of(model: ModelId): CircuitState {
    return this.stateOf(this.circuits.get(this.nameOf(model)) ?? NO_FAILURES);
  }

  /** Milliseconds until a request to the model may be sent; 0: now. */
  async waitMs(model: ModelId): Promise<number> {
    await this.findOrigin();
    return circuitWaitMs(this.of(model), this.options.settings.current());
  }

  /** @throws RefusedError CIRCUIT_OPEN. */
  async enter(model: ModelId): Promise<CircuitPermit> {
    await this.findOrigin();
    // No await from here on: of two simultaneous requests only one may be the test.
    const waitMs = circuitWaitMs(this.of(model), this.options.settings.current());
    if (waitMs > 0) throw new RefusedError({ code: 'CIRCUIT_OPEN', waitMs });
    const circuit = this.circuits.get(this.nameOf(model)) ?? { ...NO_FAILURES };
    this.circuits.set(this.nameOf(model), circuit);
    const isTest = this.stateOf(circuit).kind === 'halfOpen';
    if (isTest) this.change(circuit, { isTestRunning: true });
    return this.permitFor(circuit, isTest);
  }

  private permitFor(circuit: Circuit, isTest: boolean): CircuitPermit {
    let isTesting = isTest;
    let isOver = false;
    return {
      answers: () => {
        if (!isTesting) return;
        isTesting = false;
        this.change(circuit, { failures: 0, isTestRunning: false });
      },
      over: (verdict) => {
        if (isOver) return;
        isOver = true;
        // While the circuit is open, only its test request restarts the recovery time.
        const failedAtMs =
          isTesting || this.stateOf(circuit).kind !== 'open' ? this.options.clock.monotonicMs() : circuit.failedAtMs;
        this.change(circuit, {
          ...(isTesting ? { isTestRunning: false } : {}),
          ...(verdict === 'answered' ? { failures: 0 } : {}),
          ...(verdict === 'failed' ? { failures: circuit.failures + 1, failedAtMs } : {}),
        });
      },
    };
  }

  private change(circuit: Circuit, change: Partial<FailureRun>): void {
    const before = this.stateOf(circuit);
    Object.assign(circuit, change);
    const after = this.stateOf(circuit);
    if (before.kind !== after.kind || before.failures !== after.failures) this.notify();
  }

  private notify(): void {
    this.alarm?.dispose();
    const waits = [...this.circuits.values()]
      .map((circuit) => this.stateOf(circuit))
      .flatMap((state) => (state.kind === 'open' ? [state.waitMs] : []));
    this.alarm = waits.length === 0 ? undefined : this.options.timers.after(Math.min(...waits), () => this.notify());
    this.options.bus.fire({ type: 'circuitChanged' });
  }

  private async follow(): Promise<void> {
    try {
      await this.findOrigin();
    } catch {
      // The next request reads the connection again and reports the error.
    }
    this.notify();
  }

  private async findOrigin(): Promise<void> {
    this.origin = (await this.options.connections.current()).origin;
  }

  private stateOf(run: FailureRun): CircuitState {
    return circuitState(run, this.options.settings.current(), this.options.clock.monotonicMs());
  }

  private nameOf(model: ModelId): string {
    return `${this.origin} ${model}`;
  }
}
