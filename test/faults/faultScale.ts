/**
 * How big the fault suite runs. One code path, two sizes:
 *
 *     npm run test:faults                     full size, minutes
 *     npm test -- faults                      quick size, the same tests with smaller counts
 *
 * Environment:
 *     NEURAL_TERMINAL_FAULT_SCALE     `quick` (default) or `full`
 *     NEURAL_TERMINAL_FAULT_SEED      a whole number from 1 up, default 1; the same seed chooses the same faults.
 *                                     When a process is killed or paused follows its real clock, whatever the seed.
 *     NEURAL_TERMINAL_FAULT_JOURNAL_MB   megabytes of journals in F16; default 30 in quick, 1000 in full
 */
export type FaultScale = 'quick' | 'full';

export const faultScale: FaultScale = scaleFrom(process.env['NEURAL_TERMINAL_FAULT_SCALE'] ?? 'quick');

export const faultSeed = wholeNumber('NEURAL_TERMINAL_FAULT_SEED', 1);

/** The count for the size that runs. */
export const bySize = <T>(sizes: Readonly<Record<FaultScale, T>>): T => sizes[faultScale];

/** @throws Error when the variable is set and not a whole number above zero. */
export function wholeNumber(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${variable} is "${text}", which is not a whole number above zero`);
  return value;
}

function scaleFrom(text: string): FaultScale {
  if (text === 'quick' || text === 'full') return text;
  throw new Error(`NEURAL_TERMINAL_FAULT_SCALE is "${text}", but there are only "quick" and "full"`);
}
