import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './projectPaths';
import { runMocha } from './runPart';
import { addCounts, NO_TESTS, type TestCounts } from './testCounts';

const FOLDER = join('test', 'faults');
/** Each fault sets a limit of its own below this. */
const FAULT_TIMEOUT_MS = 30 * 60_000;

/** The fault suite in its small size, as a part of `npm test`. */
export const runQuickFaults = (): Promise<TestCounts> =>
  runMocha({
    spec: `${FOLDER}/**/*.test.ts`,
    timeoutMs: FAULT_TIMEOUT_MS,
    printsAtEnd: true,
    env: { NEURAL_TERMINAL_FAULT_SCALE: 'quick' },
  });

/** In full size: a process for each file, so that one that hangs or dies does not take the others along. */
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
