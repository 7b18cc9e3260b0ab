import { ensureEditor } from './editorInstall';
import { runPart, type TestPart } from './runPart';
import { addCounts, describeCounts, NO_TESTS, ONE_FAILED, type TestCounts } from './testCounts';
import { TEST_PARTS } from './testParts';

const startedAt = Date.now();

function log(line: string): void {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
  console.log(`[${seconds} s] ${line}`);
}

/**
 * `npm test`, or `npm test -- unit panel` for some parts only.
 * The last line is `N passed, N failed, N skipped`. The exit code is 1 when a test failed or none passed.
 */
async function runAll(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !TEST_PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    log(`no such part: ${unknown.join(', ')}; there are ${TEST_PARTS.map((part) => part.name).join(', ')}`);
    finish(ONE_FAILED);
    return;
  }
  const parts = chosenParts(names);
  if (parts.some((part) => part.needsEditor)) installEditorMeanwhile();
  let total = NO_TESTS;
  let built = true;
  for (const group of groupsOf(parts)) {
    const ended = await Promise.all(
      group.map(async (part) => ({
        part,
        counts: part.needsBuild && !built ? notBuilt(part) : await runPart(part, log),
      })),
    );
    for (const { part, counts } of ended) {
      if (part.name === 'build') {
        built = counts.failed === 0;
      }
      total = addCounts(total, counts);
    }
  }
  finish(total);
}

/** Parts that run at the same time, in order. */
function groupsOf(parts: readonly TestPart[]): readonly (readonly TestPart[])[] {
  const groups: TestPart[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last?.at(-1)?.besideNext) {
      last.push(part);
    } else {
      groups.push([part]);
    }
  }
  return groups;
}

/** A failure is not reported here: the parts that need the editor try again and fail with it. */
function installEditorMeanwhile(): void {
  ensureEditor(log).catch(() => undefined);
}

/** The parts that the named ones need come along: a test of an old build or package would prove nothing. */
function chosenParts(names: readonly string[]): readonly TestPart[] {
  if (names.length === 0) {
    return TEST_PARTS;
  }
  const named = TEST_PARTS.filter(({ name }) => names.includes(name));
  const needed = [
    ...names,
    ...(named.some((part) => part.needsPackage) ? ['build', 'package'] : []),
    ...(named.some((part) => part.needsBuild) ? ['build'] : []),
  ];
  return TEST_PARTS.filter(({ name }) => needed.includes(name));
}

function notBuilt(part: TestPart): TestCounts {
  log(`${part.name}: not run, the build failed`);
  return ONE_FAILED;
}

function finish(total: TestCounts): void {
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  // Whatever still holds the process open must not add lines after the last one.
  process.stdout.write(`${describeCounts(total)}\n`, () => process.exit());
}

void runAll(process.argv.slice(2)).catch((error: unknown) => {
  log(String(error));
  finish(ONE_FAILED);
});
