import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { TestCounts } from './testCounts';

/**
 * Mocha's usual output, and the counts as JSON in the file that `--reporter-option counts=…` names.
 * A run that crashes leaves no file, which distinguishes it from one with failed tests.
 */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { counts } = options.reporterOptions as { counts?: string };
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      if (counts) {
        writeFileSync(counts, JSON.stringify({ passed, failed, skipped } satisfies TestCounts));
      }
    });
  }
}

// Mocha takes a reporter as the whole export of its module.
module.exports = CountingReporter;
