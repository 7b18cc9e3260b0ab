import type { Context } from 'mocha';
import { faultScale, faultSeed } from './faultScale';
import { SeededRandom } from './seededRandom';

/** How many of the first mistakes an error names. */
const NAMED_MISTAKES = 5;

/** What one fault's test has seen. Mistakes are counted to the end instead of stopping at the first one. */
export class FaultTally {
  private cases = 0;
  private acknowledged = 0;
  private lostRecords = 0;
  private wrongRecords = 0;
  private readonly mistakes: string[] = [];
  private readonly notes: string[] = [];

  /** A run, a damaged file, a failing call: whatever the fault is repeated over. */
  case(count = 1): void {
    this.cases += count;
  }

  /** Acknowledged records that were looked for. */
  checked(count: number): void {
    this.acknowledged += count;
  }

  /** An acknowledged record that should be readable is not. */
  lost(what: string): void {
    this.lostRecords += 1;
    this.mistake(`lost: ${what}`);
  }

  /** Something is shown that was never written like this, or damage is hidden. */
  wrong(what: string): void {
    this.wrongRecords += 1;
    this.mistake(`wrong: ${what}`);
  }

  /** Said at the end of the line: what is simulated, what was measured. */
  note(text: string): void {
    this.notes.push(text);
  }

  get failure(): Error | undefined {
    if (this.lostRecords + this.wrongRecords === 0) {
      return this.cases > 0 ? undefined : new Error('no case ran, so nothing is proved');
    }
    return new Error(`${this.lostRecords} lost, ${this.wrongRecords} silently wrong\n${this.mistakes.join('\n')}`);
  }

  describe(seconds: number): string {
    const counts = [
      `seed ${faultSeed}`,
      `${withCommas(this.cases)} cases`,
      // Not every fault has to do with records.
      ...(this.acknowledged + this.lostRecords > 0
        ? [`${withCommas(this.acknowledged)} acknowledged records checked`, `${withCommas(this.lostRecords)} lost`]
        : []),
      `${withCommas(this.wrongRecords)} silently wrong`,
      `${seconds.toFixed(1)} s`,
    ];
    return [...counts, ...this.notes].join(' · ');
  }

  private mistake(text: string): void {
    if (this.mistakes.length < NAMED_MISTAKES) this.mistakes.push(text);
  }
}

export interface FaultRun {
  readonly tally: FaultTally;
  readonly random: SeededRandom;
  /** Ends the test as skipped, and says why. Never returns. */
  readonly skip: (why: string) => never;
}

/** One fault of the suite as one test that prints one line, whatever comes of it. */
export function fault(id: string, name: string, limitMs: number, run: (faultRun: FaultRun) => Promise<void>): void {
  it(`${id} ${name}`, async function (this: Context) {
    this.timeout(limitMs);
    const tally = new FaultTally();
    const startMs = performance.now();
    const line = (text: string): void => console.log(`${id.padEnd(4)}${name} · ${faultScale} · ${text}`);
    const skip = (why: string): never => {
      line(`skipped: ${why}`);
      this.skip();
    };
    let failure: unknown;
    try {
      await run({ tally, random: new SeededRandom(faultSeed), skip });
      failure = tally.failure;
    } catch (error) {
      if (this.runnable().isPending()) throw error;
      failure = error;
    }
    line(tally.describe((performance.now() - startMs) / 1000));
    if (failure !== undefined) throw failure;
  });
}

const withCommas = (count: number): string => count.toLocaleString('en-US');
