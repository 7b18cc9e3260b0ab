import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcessGroup, type Log, ownProcessGroup } from './childProcesses';
import { projectRoot } from './projectPaths';
import { describeCounts, failedIfEmpty, ONE_FAILED, ONE_PASSED, parseCounts, type TestCounts } from './testCounts';

/** One step of `npm test`. */
export interface TestPart {
  /** As given on the command line: `npm test -- unit panel`. */
  readonly name: string;
  /** What it does, for the output. */
  readonly title: string;
  /** Fails at once when the build failed, and brings the build along when it is named alone. */
  readonly needsBuild: boolean;
  /** Installs the package, which comes along when the part is named alone. */
  readonly needsPackage?: true;
  /** Runs at the same time as the next part. One of the two prints little, or prints when it has ended. */
  readonly besideNext?: true;
  /** Uses VS Code's server build, which is installed while earlier parts run. */
  readonly needsEditor?: true;
  run(log: Log): Promise<TestCounts>;
}

const COMMAND_TIMEOUT_MS = 10 * 60_000;
const SUITE_TIMEOUT_MS = 30 * 60_000;
const GRACE_MS = 10_000;

/** Runs one part and logs its result. An error in it counts as one failed test. Never throws. */
export async function runPart(part: TestPart, log: Log): Promise<TestCounts> {
  const startedAt = Date.now();
  log(`${part.name}: ${part.title}`);
  let counts: TestCounts;
  try {
    counts = failedIfEmpty(await part.run(log));
  } catch (error) {
    log(`${part.name}: ${error instanceof Error ? error.message : String(error)}`);
    counts = ONE_FAILED;
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  log(`${part.name}: ${describeCounts(counts)} in ${seconds} s`);
  return counts;
}

/** A program whose exit code is the test. */
export async function runCommand(command: string, args: readonly string[]): Promise<TestCounts> {
  const code = await runChild(command, args, { timeoutMs: COMMAND_TIMEOUT_MS });
  return code === 0 ? ONE_PASSED : ONE_FAILED;
}

export interface MochaSuite {
  /** Files or patterns, relative to the project. */
  readonly spec: string | readonly string[];
  /** Of one test; 60 s when absent. */
  readonly timeoutMs?: number;
  /** The process isn't ended after the last test, so that a timer or socket left open shows as a hang. */
  readonly endsByItself?: true;
  /** More arguments for mocha, such as `--grep`. */
  readonly extraArguments?: readonly string[];
  /** Test files that run at a time, each process with files of its own. One without it. */
  readonly jobs?: number;
  /** Holds the output back until the suite has ended, for one that runs beside another. */
  readonly printsAtEnd?: true;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs mocha in its own process.
 * @throws Error when it ends without counts: it crashed, hung, or found no test file.
 */
export async function runMocha(suite: MochaSuite): Promise<TestCounts> {
  const scratch = await mkdtemp(join(tmpdir(), 'nt-counts-'));
  const countsFile = join(scratch, 'counts.json');
  const args = [
    '--import',
    'tsx',
    join(projectRoot, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    join(__dirname, 'countingReporter.ts'),
    '--reporter-option',
    `counts=${countsFile}`,
    ...(suite.jobs === undefined ? [] : ['--parallel', '--jobs', String(suite.jobs)]),
    ...suiteArguments(suite),
  ];
  try {
    const code = await runChild(process.execPath, args, {
      timeoutMs: SUITE_TIMEOUT_MS,
      env: suite.env ?? {},
      printsAtEnd: suite.printsAtEnd ?? false,
    });
    const text = await readFile(countsFile, 'utf8').catch(() => undefined);
    if (text === undefined) {
      throw new Error(`mocha ended with code ${code} and without counts`);
    }
    const counts = parseCounts(text);
    if (code !== 0 && counts.failed === 0) {
      throw new Error(`${describeCounts(counts)}, but mocha ended with code ${code}`);
    }
    return counts;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function suiteArguments({ spec, timeoutMs, endsByItself, extraArguments = [] }: MochaSuite): string[] {
  return [
    '--no-config',
    '--require',
    './test/support/fixedSeed.ts',
    '--forbid-only',
    '--timeout',
    String(timeoutMs ?? 60_000),
    ...(endsByItself ? [] : ['--exit']),
    ...extraArguments,
    ...[spec].flat(),
  ];
}

interface ChildOptions {
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly printsAtEnd?: boolean;
}

/** @returns the exit code; 1 when a signal ended it. @throws Error after `timeoutMs`. */
async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<number> {
  const { timeoutMs, env = {}, printsAtEnd = false } = options;
  const output = printsAtEnd ? 'pipe' : 'inherit';
  const child = spawn(command, args, {
    cwd: projectRoot,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  ownProcessGroup(child);
  const held: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => held.push(bytes));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`"${command}" did not end within ${timeoutMs / 1000} s`)), timeoutMs);
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  } finally {
    clearTimeout(timer);
    await endProcessGroup(child, child.exitCode === null ? GRACE_MS : 0);
    process.stdout.write(Buffer.concat(held));
  }
}
