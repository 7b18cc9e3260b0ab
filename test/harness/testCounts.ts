/** The results of a part. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 };
export const ONE_PASSED: TestCounts = { passed: 1, failed: 0, skipped: 0 };
export const ONE_FAILED: TestCounts = { passed: 0, failed: 1, skipped: 0 };

/** @throws Error when the text is not counts. */
export function parseCounts(text: string): TestCounts {
  const value = JSON.parse(text) as Partial<Record<keyof TestCounts, unknown>>;
  const { passed, failed, skipped } = value;
  if (typeof passed !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number') {
    throw new Error(`not test counts: ${text}`);
  }
  return { passed, failed, skipped };
}

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** A part that ran no test counts as one failure. */
export function failedIfEmpty(counts: TestCounts): TestCounts {
  return counts.passed + counts.failed + counts.skipped === 0 ? ONE_FAILED : counts;
}

export function describeCounts(counts: TestCounts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
