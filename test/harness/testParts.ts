import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import type { Log } from './childProcesses';
import { ensureBrowser } from './browserInstall';
import { ensureEditor } from './editorInstall';
import { installVsix, installedExtension } from './editorServer';
import { runQuickFaults } from './faultSuite';
import { checkPackage, packagePath } from './package';
import { projectRoot } from './projectPaths';
import { runEditorTests } from './runEditorTests';
import { runCommand, runMocha, type TestPart } from './runPart';
import type { TestCounts } from './testCounts';

/** Test files that run at a time: as many as a small machine has processors. */
const JOBS = 2;
const PANEL_TIMEOUT_MS = 30_000;
/** Some tests open windows, kill extension hosts and wait for them to come back. */
const WORKBENCH_TIMEOUT_MS = 180_000;
/** Workbench suites that take longest. They start first, so that the last ones don't run alone. */
const LONGEST_FIRST = ['newcomer.test.ts', 'twoWindows.test.ts', 'manyViews.test.ts', 'twoBudgets.test.ts'];

function workbenchFiles(): string[] {
  const folder = join('test', 'workbench');
  const files = readdirSync(join(projectRoot, folder)).filter((name) => name.endsWith('.test.ts'));
  const rest = files.filter((name) => !LONGEST_FIRST.includes(name));
  return [...LONGEST_FIRST, ...rest].map((name) => join(folder, name));
}

/** Everything `npm test` runs, in this order: the quickest to fail first. */
export const TEST_PARTS: readonly TestPart[] = [
  {
    name: 'types',
    title: 'type check',
    needsBuild: false,
    besideNext: true,
    run: () => runCommand('npm', ['run', '--silent', 'check-types']),
  },
  {
    name: 'lint',
    title: 'lint',
    needsBuild: false,
    run: () => runCommand('npm', ['run', '--silent', 'lint']),
  },
  {
    name: 'build',
    title: 'production build and editor test bundles',
    needsBuild: false,
    run: build,
  },
  { name: 'package', title: 'contents and size of the package', needsBuild: true, run: checkPackage },
  {
    name: 'unit',
    title: 'unit tests',
    needsBuild: false,
    run: () => runMocha({ spec: 'test/unit/**/*.test.ts', jobs: JOBS, endsByItself: true }),
  },
  {
    name: 'faults',
    title: 'faults of disk, process and network, in the small size',
    needsBuild: false,
    besideNext: true,
    run: runQuickFaults,
  },
  { name: 'panel', title: 'panel tests in a browser', needsBuild: true, run: runPanelTests },
  {
    name: 'workbench',
    title: 'tests of whole VS Code windows',
    needsBuild: true,
    needsPackage: true,
    needsEditor: true,
    besideNext: true,
    run: runWorkbenchTests,
  },
  {
    name: 'editor',
    title: 'tests inside the extension host',
    needsBuild: true,
    needsEditor: true,
    run: runHostTests,
  },
];

async function build(): Promise<TestCounts> {
  // Bundles of deleted tests would still run.
  await rm(join(projectRoot, 'out', 'test'), { recursive: true, force: true });
  return runCommand(process.execPath, ['esbuild.mjs', '--production', '--tests']);
}

async function runPanelTests(log: Log): Promise<TestCounts> {
  const browser = await ensureBrowser(log);
  return runMocha({
    spec: 'test/panel/**/*.test.ts',
    timeoutMs: PANEL_TIMEOUT_MS,
    jobs: JOBS,
    env: { NEURAL_TERMINAL_CHROMIUM: browser },
  });
}

/** Most tests share one installed copy of the package; each has a server, a profile and a browser of its own. */
async function runWorkbenchTests(log: Log): Promise<TestCounts> {
  const browser = await ensureBrowser(log);
  const install = await ensureEditor(log);
  const scratch = await mkdtemp(join(tmpdir(), 'nt-installed-'));
  try {
    await installVsix(install, scratch, await packagePath());
    return await runMocha({
      spec: workbenchFiles(),
      timeoutMs: WORKBENCH_TIMEOUT_MS,
      jobs: JOBS,
      env: {
        NEURAL_TERMINAL_CHROMIUM: browser,
        NEURAL_TERMINAL_INSTALLED_EXTENSION: await installedExtension(scratch),
        ...WITHOUT_KEY,
      },
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runHostTests(log: Log): Promise<TestCounts> {
  const executablePath = await ensureBrowser(log);
  const install = await ensureEditor(log);
  const emulator = await startOpenRouterEmulator();
  // The workbench tests run beside these.
  const output: string[] = [];
  try {
    return await runEditorTests({
      install,
      executablePath,
      log: (line) => output.push(line),
      env: { NEURAL_TERMINAL_TEST_BASE_URL: emulator.baseUrl, ...WITHOUT_KEY },
      settings: { 'neuralTerminal.baseUrl': emulator.baseUrl },
    });
  } finally {
    await emulator.dispose();
    console.log(output.join('\n'));
  }
}

/** Tests must not spend the user's money. */
const WITHOUT_KEY: NodeJS.ProcessEnv = { OPENROUTER_API_KEY: undefined };
