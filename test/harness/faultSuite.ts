import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './projectPaths';
import { runMocha } from './runPart';
import { addCounts, NO_TESTS, type TestCounts } from './testCounts';

const FOLDER = join('test', 'faults');
/** Each fault has a lower limit of its own. */
const FAULT_TIMEOUT_MS = 30 * 60_000;

/** The fault suite in its small size, as a part of `npm test`. */
export const runQuickFaults = (): Promise<TestCounts> =>
  runMocha({
    spec: `${FOLDER}/**/*.test.ts`,
    timeoutMs: FAULT_TIMEOUT_MS,
    printsAtEnd: true,
    env: { NEURAL_TERMINAL_FAULT_SCALE: 'quick' },
  });

/** In full size, with a process for each file, so that a hang or crash doesn't end the others. */
export async function runFullFaults(): Promise<TestCounts> {
  let total = NO_TESTS;
  for (const file of readdirSync(join(projectRoot, FOLDER))
    .filter((name) => name.endsWith('.test.ts'))
    .sort()) {
    const env = { NEURAL_TERMINAL_FAULT_SCALE: process.env['NEURAL_TERMINAL_FAULT_SCALE'] ?? 'full' };
    total = addCounts(total, await runMocha({ spec: join(FOLDER, file), timeoutMs: FAULT_TIMEOUT_MS, env }));
  }
  return total;
}
