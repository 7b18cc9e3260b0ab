import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';

const TEST_TIMEOUT_MS = 20_000;

/**
 * Entry point of the suites that run inside an extension host; VS Code calls it.
 * Its last line of output is `EDITOR-TESTS ` and the counts as JSON, for the harness.
 * @throws Error when a test failed or none ran; VS Code then ends with exit code 1.
 */
export async function run(): Promise<void> {
  // Loaded here and not above: mocha is an ES module and this bundle is CommonJS.
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = report;
  const grep = process.env['NEURAL_TERMINAL_TEST_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: TEST_TIMEOUT_MS,
    forbidOnly: true,
    ...(grep ? { grep } : {}),
  });
  for (const file of suiteFiles()) {
    mocha.addFile(file);
  }
  await mocha.loadFilesAsync();
  const counts = await new Promise<{ passed: number; failed: number; skipped: number }>((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending });
    });
  });
  report(`EDITOR-TESTS ${JSON.stringify(counts)}`);
  if (counts.failed > 0 || counts.passed === 0) {
    throw new Error(`${counts.failed} editor tests failed, ${counts.passed} passed`);
  }
}

/** The mark separates test output from the editor's own log, which shares the channel. */
function report(...message: readonly unknown[]): void {
  const mark = process.env['NEURAL_TERMINAL_TEST_MARK'] ?? '';
  for (const line of format(...message).split('\n')) {
    console.log(`${mark}${line}`);
  }
}

/** `NEURAL_TERMINAL_TEST_FILES`: names without the ending, separated by commas; all files when it is absent. */
function suiteFiles(): string[] {
  const wanted = process.env['NEURAL_TERMINAL_TEST_FILES']?.split(',');
  return readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js') && (wanted?.includes(name.slice(0, -'.test.js'.length)) ?? true))
    .sort()
    .map((name) => join(__dirname, name));
}
