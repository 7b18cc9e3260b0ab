import { existsSync, statSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import type { Log } from './childProcesses';
import { ensureBrowser } from './browserInstall';
import { ensureEditor } from './editorInstall';
import { projectRoot } from './projectPaths';
import { runEditorTests } from './runEditorTests';
import { runMocha, runPart } from './runPart';
import { addCounts, describeCounts, NO_TESTS, ONE_FAILED, type TestCounts } from './testCounts';
import { TEST_PARTS } from './testParts';

const USAGE = 'usage: npm run test:file FILE…   or   npm run test:file -- FILE… -g "part of the title"';

interface Request {
  /** Relative to the project, with forward slashes. */
  readonly files: readonly string[];
  readonly grep: string | undefined;
}

/** How the files of one folder of `test` are run. */
type Runner = (request: Request, log: Log) => Promise<TestCounts>;

const RUNNERS: Readonly<Record<string, Runner>> = {
  unit: (request) => runMocha({ ...specOf(request), endsByItself: true }),
  faults: (request) => {
    const scale = process.env['NEURAL_TERMINAL_FAULT_SCALE'] ?? 'quick';
    return runMocha({ ...specOf(request), timeoutMs: 30 * 60_000, env: { NEURAL_TERMINAL_FAULT_SCALE: scale } });
  },
  panel: async (request, log) => {
    const browser = await ensureBrowser(log);
    return runMocha({ ...specOf(request), timeoutMs: 30_000, env: { NEURAL_TERMINAL_CHROMIUM: browser } });
  },
  workbench: async (request, log) => {
    const browser = await ensureBrowser(log);
    await ensureEditor(log);
    // These tests install the package, so it must hold today's sources.
    await prepare(['build', 'package'], log);
    return runMocha({
      ...specOf(request),
      timeoutMs: 180_000,
      env: { NEURAL_TERMINAL_CHROMIUM: browser, OPENROUTER_API_KEY: undefined },
    });
  },
  editor: async ({ files, grep }, log) => {
    const executablePath = await ensureBrowser(log);
    const install = await ensureEditor(log);
    await prepare(['build'], log);
    const names = files.map((file) => posix.relative('test/editor', file).replace(/\.test\.ts$/, ''));
    const emulator = await startOpenRouterEmulator();
    try {
      return await runEditorTests({
        install,
        executablePath,
        log,
        env: {
          NEURAL_TERMINAL_TEST_BASE_URL: emulator.baseUrl,
          NEURAL_TERMINAL_TEST_FILES: names.join(','),
          OPENROUTER_API_KEY: undefined,
          ...(grep === undefined ? {} : { NEURAL_TERMINAL_TEST_GREP: grep }),
        },
        settings: { 'neuralTerminal.baseUrl': emulator.baseUrl },
      });
    } finally {
      await emulator.dispose();
    }
  },
};

function specOf({ files, grep }: Request): { spec: readonly string[]; extraArguments: readonly string[] } {
  return { spec: files, extraArguments: grep === undefined ? [] : ['--grep', grep] };
}

async function prepare(parts: readonly string[], log: Log): Promise<void> {
  for (const part of TEST_PARTS.filter(({ name }) => parts.includes(name))) {
    const { failed } = await runPart(part, log);
    if (failed > 0) throw new Error(`${part.name} failed`);
  }
}

/** @throws Error for a file that doesn't exist, isn't a test or has no place in `test`. */
function parse(args: readonly string[]): { readonly grep: string | undefined; readonly files: readonly string[] } {
  const flag = args.findIndex((argument) => argument === '-g' || argument === '--grep');
  const grep = flag === -1 ? undefined : args[flag + 1];
  const names = flag === -1 ? args : [...args.slice(0, flag), ...args.slice(flag + 2)];
  if (names.length === 0 || (flag !== -1 && grep === undefined)) throw new Error(USAGE);
  return { grep, files: names.map(testFile) };
}

function testFile(name: string): string {
  // npm starts scripts in the project's folder; the path is relative to where the user typed it.
  const path = [process.env['INIT_CWD'] ?? projectRoot, projectRoot]
    .map((folder) => resolve(folder, name))
    .find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (path === undefined) throw new Error(`no such file: ${name}`);
  const file = relative(projectRoot, path).split(sep).join('/');
  if (!file.endsWith('.test.ts')) throw new Error(`${name} is not a test file: its name must end with .test.ts`);
  if (!file.startsWith('test/') || RUNNERS[folderOf(file)] === undefined) {
    throw new Error(
      `${name} is in none of ${Object.keys(RUNNERS)
        .map((folder) => join('test', folder))
        .join(', ')}`,
    );
  }
  return file;
}

const folderOf = (file: string): string => file.split('/')[1] ?? '';

/** `npm run test:file FILE…`: runs test files of any folder with what that folder needs. */
async function run(args: readonly string[]): Promise<TestCounts> {
  const { files, grep } = parse(args);
  let total = NO_TESTS;
  for (const [folder, runner] of Object.entries(RUNNERS)) {
    const own = files.filter((file) => folderOf(file) === folder);
    if (own.length > 0) total = addCounts(total, await runner({ files: own, grep }, (line) => console.log(line)));
  }
  return total;
}

run(process.argv.slice(2)).then(finish, (error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  finish(ONE_FAILED);
});

function finish(total: TestCounts): void {
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  // A browser or emulator that is still closing must not add lines after the last one.
  process.stdout.write(`${describeCounts(total)}\n`, () => process.exit());
}
