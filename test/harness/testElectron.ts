import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import { harnessHome, projectRoot } from './projectPaths';

/** `stable`, `insiders` or a version such as `1.106.0`; the newest stable release when absent. */
const VERSION_VARIABLE = 'NEURAL_TERMINAL_VSCODE_VERSION';

/** `npm run test:electron`: the editor tests in a desktop VS Code that @vscode/test-electron downloads. On Linux it needs a display. */
async function testElectron(): Promise<void> {
  const cachePath = join(harnessHome, 'electron');
  const version = process.env[VERSION_VARIABLE]?.trim() || 'stable';
  const vscodeExecutablePath = await downloadAndUnzipVSCode({ cachePath, version }).catch((error: unknown) => {
    throw new Error(
      `desktop VS Code cannot be downloaded from here (${String(error)}); npm test runs the same suites without it`,
    );
  });
  const scratch = await mkdtemp(join(tmpdir(), 'nt-electron-'));
  const emulator = await startOpenRouterEmulator();
  try {
    await mkdir(join(scratch, 'ud', 'User'), { recursive: true });
    await writeFile(
      join(scratch, 'ud', 'User', 'settings.json'),
      JSON.stringify({ 'neuralTerminal.baseUrl': emulator.baseUrl }),
    );
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: projectRoot,
      extensionTestsPath: join(projectRoot, 'out', 'test', 'editor', 'index.js'),
      // The key is empty, because tests must not spend the user's money.
      extensionTestsEnv: { NEURAL_TERMINAL_TEST_BASE_URL: emulator.baseUrl, OPENROUTER_API_KEY: '' },
      launchArgs: [
        scratch,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${join(scratch, 'ud')}`,
      ],
    });
  } finally {
    await emulator.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

void testElectron().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
