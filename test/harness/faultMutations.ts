import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from '../faults/mutations';
import { type Log, runToEnd } from './childProcesses';
import { projectRoot } from './projectPaths';
import { addCounts, NO_TESTS, ONE_FAILED, ONE_PASSED, type TestCounts } from './testCounts';

/** What the fault suite needs of the project. */
const COPIED = [
  'package.json',
  'tsconfig.json',
  'src',
  'test/faults',
  'test/fixtures/stores',
  'test/support',
  'test/unit/infrastructure/store',
  'test/unit/infrastructure/openrouter',
];
const SUITE_LIMIT_MS = 5 * 60_000;

interface SuiteRun {
  readonly passed: boolean;
  /** The lines of the faults. */
  readonly lines: readonly string[];
}

/**
 * Breaks copies of the code, one mutation each, and counts a mutation as passed when the suite goes red over it.
 * The unbroken copy goes first: a fault that is red anyway notices nothing.
 */
export async function runMutations(log: Log): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'mutations-'));
  try {
    copyProject(folder);
    const red = await redFaults(folder, log);
    let total: TestCounts = NO_TESTS;
    for (const mutation of MUTATIONS) total = addCounts(total, await checkMutation(folder, mutation, red, log));
    return total;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyProject(folder: string): void {
  for (const name of COPIED) cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

/** By the fault's name. */
async function redFaults(folder: string, log: Log): Promise<ReadonlySet<string>> {
  const red = new Set<string>();
  for (const { suite, fault } of new Map(MUTATIONS.map((mutation) => [mutation.fault, mutation])).values()) {
    const { passed, lines } = await runSuite(folder, suite, fault);
    if (passed) continue;
    red.add(fault);
    log(`${fault} is red without any mutation:`);
    for (const line of lines) log(`  ${line}`);
  }
  return red;
}

async function checkMutation(
  folder: string,
  { name, edits, suite, fault }: Mutation,
  red: ReadonlySet<string>,
  log: Log,
): Promise<TestCounts> {
  if (red.has(fault)) {
    log(`${name}: cannot be shown, because ${fault} is red without it`);
    return ONE_FAILED;
  }
  const originals = new Map(edits.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]));
  try {
    for (const { file, find, replace } of edits) {
      const source = readFileSync(join(folder, file), 'utf8');
      if (source.split(find).length !== 2) {
        log(`${name}: the text to break is not in ${file} exactly once; adapt the list in test/faults`);
        return ONE_FAILED;
      }
      writeFileSync(
        join(folder, file),
        source.replace(find, () => replace),
      );
    }
    const { passed, lines } = await runSuite(folder, suite, fault);
    log(`${name}: ${passed ? 'NOT ' : ''}noticed by ${fault}`);
    for (const line of lines) log(`  ${line}`);
    return passed ? ONE_FAILED : ONE_PASSED;
  } finally {
    for (const [file, source] of originals) writeFileSync(join(folder, file), source);
  }
}

async function runSuite(folder: string, suite: string, fault: string): Promise<SuiteRun> {
  const lines: string[] = [];
  const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');
  const spec = join('test', 'faults', `${suite}.test.ts`);
  try {
    await runToEnd(process.execPath, ['--import', 'tsx', mocha, '--no-config', '--exit', '--grep', `${fault} `, spec], {
      cwd: folder,
      env: { ...process.env, NEURAL_TERMINAL_FAULT_SCALE: 'quick' },
      timeoutMs: SUITE_LIMIT_MS,
      onLine: (line) => /^[FW]\d+ /.test(line) && lines.push(line),
    });
    return { passed: true, lines };
  } catch {
    return { passed: false, lines };
  }
}
