import { runMutations } from './faultMutations';
import { runFullFaults } from './faultSuite';
import { describeCounts, ONE_FAILED, type TestCounts } from './testCounts';

/**
 * `npm run test:faults`: the fault suite in full size, one line for each fault.
 * `npm run test:faults -- --mutations`: breaks copies of the code and proves that the suite notices.
 * The last line is `N passed, N failed, N skipped`. test/faults/faultScale.ts says what the environment may set.
 */
async function run(flags: readonly string[]): Promise<TestCounts> {
  const unknown = flags.filter((flag) => flag !== '--mutations');
  if (unknown.length > 0) throw new Error(`no such option: ${unknown.join(' ')}; there is --mutations`);
  return flags.includes('--mutations') ? runMutations((line) => console.log(line)) : runFullFaults();
}

function finish(total: TestCounts): void {
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  process.stdout.write(`${describeCounts(total)}\n`, () => process.exit());
}

run(process.argv.slice(2)).then(finish, (error: unknown) => {
  console.log(error instanceof Error ? error.message : String(error));
  finish(ONE_FAILED);
});
