import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import type { Log } from './childProcesses';
import type { EditorInstall } from './editorInstall';
import { type EditorServer, type EditorSettings, startEditorServer } from './editorServer';
import { projectRoot } from './projectPaths';
import { parseCounts, type TestCounts } from './testCounts';
import { openWorkbench } from './workbench';

export interface EditorTestOptions {
  readonly install: EditorInstall;
  /** Absolute path of the browser program. */
  readonly executablePath: string;
  readonly log: Log;
  /** The extension host, and with it the tests, inherits the server's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly settings?: EditorSettings;
  /** Folder of the extension under test; the project when absent. */
  readonly extensionFolder?: string;
  /** Absolute path of the bundle that exports `run()`. */
  readonly testsPath?: string;
  /** For the whole run, including the start of the window. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const OUTPUT_MARK = 'nt-test|';
const COUNTS_MARK = 'EDITOR-TESTS ';
const REMEMBERED_LINES = 30;

/**
 * Runs the bundled suites inside the extension host of a fresh profile and prints what they print.
 * @throws Error when the suites did not end: a crash, a timeout, no counts.
 */
export async function runEditorTests(options: EditorTestOptions): Promise<TestCounts> {
  const testsPath = options.testsPath ?? join(projectRoot, 'out', 'test', 'editor', 'index.js');
  if (!existsSync(testsPath)) {
    throw new Error(`the editor tests are not built: ${testsPath} is missing`);
  }
  const scratch = await mkdtemp(join(tmpdir(), 'nt-editor-tests-'));
  try {
    const server = await startEditorServer({
      install: options.install,
      profileDir: join(scratch, 'profile'),
      extensionDevelopmentPath: options.extensionFolder ?? projectRoot,
      settings: options.settings ?? {},
      env: { ...options.env, NEURAL_TERMINAL_TEST_MARK: OUTPUT_MARK },
      folder: scratch,
    });
    try {
      return await runInWindow(server, testsPath, options);
    } finally {
      await server.dispose();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runInWindow(server: EditorServer, testsPath: string, options: EditorTestOptions): Promise<TestCounts> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const outcome = new TestOutcome(options.log);
  const timer = setTimeout(() => outcome.fail(`no end after ${timeoutMs / 1000} s`), timeoutMs);
  try {
    const workbench = await openWorkbench({
      executablePath: options.executablePath,
      server,
      payload: [['extensionTestsPath', server.remoteUri(testsPath)]],
      prepare: (page) => outcome.listenTo(page),
    });
    try {
      return await outcome.counts;
    } finally {
      await workbench.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Collects the tests' output and exit code, which the workbench passes to two functions on the page. */
class TestOutcome {
  readonly counts: Promise<TestCounts>;
  private settle!: { resolve(counts: TestCounts): void; reject(error: Error): void };
  private seen: TestCounts | undefined;
  private readonly editorLog: string[] = [];

  constructor(private readonly log: Log) {
    this.counts = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // The await that follows reports a failure that happens while the window opens.
    this.counts.catch(() => undefined);
  }

  async listenTo(page: Page): Promise<void> {
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown) => this.onLog(args));
    await page.exposeFunction('codeAutomationExit', (code: number) => this.onExit(code));
    page.once('crash', () => this.fail('the browser page crashed'));
    page.once('close', () => this.fail('the window closed before the tests ended'));
  }

  fail(reason: string): void {
    this.settle.reject(
      new Error([`editor tests: ${reason}; the editor's last output:`, ...this.editorLog].join('\n  ')),
    );
  }

  /** @param args what the extension host or the workbench gave to `console`. */
  private onLog(args: unknown): void {
    const [first, ...rest]: unknown[] = Array.isArray(args) ? args : [args];
    for (const line of format(first, ...rest).split('\n')) {
      this.onLine(line);
    }
  }

  private onLine(line: string): void {
    if (!line.startsWith(OUTPUT_MARK)) {
      if (/^\s+at .*workbench\.js/.test(line)) {
        return;
      }
      this.editorLog.push(line);
      this.editorLog.splice(0, this.editorLog.length - REMEMBERED_LINES);
      return;
    }
    const text = line.slice(OUTPUT_MARK.length);
    if (text.startsWith(COUNTS_MARK)) {
      this.seen = parseCounts(text.slice(COUNTS_MARK.length));
    } else {
      this.log(text);
    }
  }

  private onExit(code: number): void {
    if (!this.seen) {
      this.fail(`the extension host ended with code ${code} and without counts`);
    } else if (code !== 0 && this.seen.failed === 0) {
      this.fail(`every test passed, but the extension host ended with code ${code}`);
    } else {
      this.settle.resolve(this.seen);
    }
  }
}
