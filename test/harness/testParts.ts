import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import type { Log } from './childProcesses';
import { ensureBrowser } from './browserInstall';
import { ensureEditor } from './editorInstall';
import { runQuickFaults } from './faultSuite';
import { checkPackage } from './package';
import { projectRoot } from './projectPaths';
import { runEditorTests } from './runEditorTests';
import { runCommand, runMocha, type TestPart } from './runPart';
import type { TestCounts } from './testCounts';

/** Of the parts whose files do not meet: as many as the smallest machine has processors. */
const JOBS = 2;
const PANEL_TIMEOUT_MS = 30_000;
/** A test that opens windows, kills extension hosts and waits for them to come back. */
const WORKBENCH_TIMEOUT_MS = 180_000;

/** Everything `npm test` runs, in this order: what fails fastest first. */
export const TEST_PARTS: readonly TestPart[] = [
  {
    name: 'types',
    title: 'type check',
    needsBuild: false,
    besideOthers: true,
    run: () => runCommand('npm', ['run', '--silent', 'check-types']),
  },
  {
    name: 'lint',
    title: 'lint',
    needsBuild: false,
    besideOthers: true,
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
    run: runQuickFaults,
  },
  { name: 'panel', title: 'panel tests in a browser', needsBuild: true, run: runPanelTests },
  { name: 'workbench', title: 'tests of whole VS Code windows', needsBuild: true, run: runWorkbenchTests },
  { name: 'editor', title: 'tests inside the extension host', needsBuild: true, run: runHostTests },
];

async function build(): Promise<TestCounts> {
  // Bundles of tests that are gone from the sources would still run.
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

async function runWorkbenchTests(log: Log): Promise<TestCounts> {
  const browser = await ensureBrowser(log);
  await ensureEditor(log);
  return runMocha({
    spec: 'test/workbench/**/*.test.ts',
    timeoutMs: WORKBENCH_TIMEOUT_MS,
    env: { NEURAL_TERMINAL_CHROMIUM: browser, ...WITHOUT_KEY },
  });
}

async function runHostTests(log: Log): Promise<TestCounts> {
  const executablePath = await ensureBrowser(log);
  const install = await ensureEditor(log);
  const emulator = await startOpenRouterEmulator();
  try {
    return await runEditorTests({
      install,
      executablePath,
      log: (line) => console.log(line),
      env: { NEURAL_TERMINAL_TEST_BASE_URL: emulator.baseUrl, ...WITHOUT_KEY },
      settings: { 'neuralTerminal.baseUrl': emulator.baseUrl },
    });
  } finally {
    await emulator.dispose();
  }
}

/** No test may ever spend the money of whoever runs it. */
const WITHOUT_KEY: NodeJS.ProcessEnv = { OPENROUTER_API_KEY: undefined };
