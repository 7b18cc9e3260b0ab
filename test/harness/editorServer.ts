import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import {
  descendantsOf,
  endProcessGroup,
  forEachLine,
  type Log,
  ownProcessGroup,
  type ProcessInfo,
  runToEnd,
} from './childProcesses';
import type { EditorInstall } from './editorInstall';

/** User settings as in settings.json. */
export type EditorSettings = Readonly<Record<string, unknown>>;

export interface EditorServerOptions {
  readonly install: EditorInstall;
  /** Holds settings, extensions and storage. Using it again continues as the same user. */
  readonly profileDir: string;
  /** A free port when absent. */
  readonly port?: number;
  /** Installs this package first, as a user would. */
  readonly extensionVsix?: string;
  /** Links these folders as installed extensions, e.g. the project's own build. */
  readonly extensionFolders?: readonly string[];
  /**
   * Every window loads the extension from this folder, as F5 does, and accepts test payloads.
   * VS Code then shows no notification toasts: use `extensionFolders` to see them.
   */
  readonly extensionDevelopmentPath?: string;
  /** Added to the harness's own quiet settings. */
  readonly settings?: EditorSettings;
  /** Extension hosts inherit it; a value of undefined removes the variable. */
  readonly env?: NodeJS.ProcessEnv;
  /** Absolute path of the workspace folder every window opens; an empty window when absent. */
  readonly folder?: string;
  /** Receives the server's own output. */
  readonly onLine?: Log;
}

/** Pairs that VS Code reads from the page's address, e.g. `['extensionTestsPath', uri]`. */
export type PagePayload = readonly (readonly [string, string])[];

const START_TIMEOUT_MS = 60_000;
const GRACE_MS = 8_000;
const INSTALL_TIMEOUT_MS = 30_000;

/** Turns off first-run pages, prompts and other panels. */
const QUIET_SETTINGS: EditorSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  // As on the desktop; in a browser VS Code saves by itself.
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/**
 * Starts VS Code's server on loopback in a process group of its own and waits until it answers.
 * @throws Error with the server's last output when it does not come up.
 */
export async function startEditorServer(options: EditorServerOptions): Promise<EditorServer> {
  const settingsFile = join(options.profileDir, 'ud', 'User', 'settings.json');
  await mkdir(join(options.profileDir, 'ud', 'User'), { recursive: true });
  await writeSettings(settingsFile, { ...QUIET_SETTINGS, ...(await readSettings(settingsFile)), ...options.settings });
  if (options.extensionVsix) {
    await installVsix(options.install, options.profileDir, options.extensionVsix);
  }
  for (const folder of options.extensionFolders ?? []) {
    await linkExtension(options.profileDir, folder);
  }
  const port = options.port ?? (await freePort());
  const token = randomUUID();
  const child = spawn(options.install.nodePath, serverArguments(options, port, token), {
    detached: true,
    env: serverEnvironment(options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  ownProcessGroup(child);
  const output: string[] = [];
  forEachLine(child, (line) => {
    output.push(line);
    options.onLine?.(line);
  });
  try {
    await waitUntilAnswering(child, port);
  } catch (error) {
    await endProcessGroup(child, 0);
    throw new Error(`${String(error)}\n${output.slice(-20).join('\n')}`);
  }
  return new EditorServer(child, port, token, options, settingsFile);
}

/** A running VS Code server; every page opened on its address is one VS Code window. */
export class EditorServer {
  constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly token: string,
    private readonly options: EditorServerOptions,
    readonly settingsFile: string,
  ) {}

  /** Resolves when the server process has ended. */
  get ended(): Promise<void> {
    return this.child.exitCode !== null || this.child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  /** Process id of the server itself. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The address of a window. Its host must stay `localhost`: VS Code compares it with the payload's authority. */
  url(payload: PagePayload = []): string {
    const pairs = [...this.standingPayload(), ...payload];
    const query = new URLSearchParams({ tkn: this.token });
    if (this.options.folder) {
      query.set('folder', this.options.folder);
    }
    query.set('payload', JSON.stringify(pairs));
    return `http://localhost:${this.port}/?${query.toString()}`;
  }

  /** The URI under which a window opens a path of this machine. */
  remoteUri(path: string): string {
    return `vscode-remote://localhost:${this.port}${path}`;
  }

  /**
   * Changes user settings on disk. This build does not notice changes from outside (its watcher compares addresses
   * with and without a host): a window sees them when it loads, or through `Workbench.changeSettings`.
   */
  async updateSettings(changes: EditorSettings): Promise<void> {
    await writeSettings(this.settingsFile, { ...(await this.readSettings()), ...changes });
  }

  /** User settings as they are on disk. */
  readSettings(): Promise<EditorSettings> {
    return readSettings(this.settingsFile);
  }

  /** One extension host per open window, oldest first. */
  extensionHostPids(): number[] {
    return descendantsOf(this.pid)
      .filter(isExtensionHost)
      .map((descendant) => descendant.pid)
      .sort((a, b) => a - b);
  }

  /** Ends the server and everything it started; extension hosts get a few seconds to flush. */
  async dispose(): Promise<void> {
    await endProcessGroup(this.child, GRACE_MS, isExtensionHost);
  }

  /** Kills everything at once, as a power failure does. */
  async kill(): Promise<void> {
    await endProcessGroup(this.child, 0);
  }

  private standingPayload(): PagePayload {
    const development = this.options.extensionDevelopmentPath;
    return [
      ['skipWelcome', 'true'],
      ...(development ? [['extensionDevelopmentPath', this.remoteUri(development)] as const] : []),
    ];
  }
}

function isExtensionHost(candidate: ProcessInfo): boolean {
  return candidate.commandLine.includes('--type=extensionHost');
}

/** Installs a package into a profile with VS Code's own installer. */
export async function installVsix(install: EditorInstall, profileDir: string, vsixPath: string): Promise<void> {
  if (!existsSync(vsixPath)) {
    throw new Error(`no such package: ${vsixPath}`);
  }
  const args = [install.serverMain, ...profileArguments(profileDir), '--install-extension', vsixPath, '--force'];
  const run = (): Promise<void> =>
    runToEnd(install.nodePath, args, { env: serverEnvironment({}), timeoutMs: INSTALL_TIMEOUT_MS });
  // It takes a second. If it hangs, a second try keeps the first test from failing.
  await run().catch(run);
}

/** @returns the absolute path of the only extension that is installed in a profile. */
export async function installedExtension(profileDir: string): Promise<string> {
  const extensions = join(profileDir, 'ext');
  const folders = (await readdir(extensions, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const [only, ...others] = folders.filter(({ name }) => !name.startsWith('.'));
  if (!only || others.length > 0) {
    throw new Error(`expected one extension in ${extensions}, found ${folders.map(({ name }) => name).join(', ')}`);
  }
  return join(extensions, only.name);
}

/** VS Code finds the folder when it scans a profile that has no list of extensions yet. */
async function linkExtension(profileDir: string, folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const extensions = join(profileDir, 'ext');
  const link = join(extensions, `${manifest['publisher']}.${manifest['name']}-${manifest['version']}`);
  await mkdir(extensions, { recursive: true });
  await rm(join(extensions, 'extensions.json'), { force: true });
  await rm(link, { force: true });
  await symlink(folder, link, 'dir');
}

function profileArguments(profileDir: string): string[] {
  return [
    '--accept-server-license-terms',
    '--server-data-dir',
    profileDir,
    '--user-data-dir',
    join(profileDir, 'ud'),
    '--extensions-dir',
    join(profileDir, 'ext'),
  ];
}

function serverArguments(options: EditorServerOptions, port: number, token: string): string[] {
  return [
    options.install.serverMain,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--connection-token',
    token,
    '--disable-telemetry',
    '--disable-workspace-trust',
    // Payloads that load or test an extension are honoured only with this; it also hides every toast.
    ...(options.extensionDevelopmentPath ? ['--enable-smoke-test-driver'] : []),
    ...profileArguments(options.profileDir),
  ];
}

/** The caller's environment without variables of another VS Code, of npm and of a TypeScript loader. */
function serverEnvironment(overrides: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|INIT_CWD$)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const merged = Object.entries({ ...Object.fromEntries(inherited), ...overrides });
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

/** @throws Error when the file has comments, because writing it would lose them. */
async function readSettings(settingsFile: string): Promise<EditorSettings> {
  if (!existsSync(settingsFile)) {
    return {};
  }
  try {
    return JSON.parse(await readFile(settingsFile, 'utf8')) as EditorSettings;
  } catch (error) {
    throw new Error(`${settingsFile} must be plain JSON: ${String(error)}`);
  }
}

/** Renames a draft, because a window that watches the file must not read half of it. */
async function writeSettings(settingsFile: string, settings: EditorSettings): Promise<void> {
  const draft = `${settingsFile}.draft`;
  await writeFile(draft, `${JSON.stringify(settings, null, 2)}\n`);
  await rename(draft, settingsFile);
}

/** @param preferred used when no process listens on it. */
export function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (preferred > 0 ? resolve(freePort()) : reject(error)));
    probe.listen(preferred, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function waitUntilAnswering(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`VS Code's server ended at once (${child.signalCode ?? child.exitCode})`);
    }
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`VS Code's server did not answer within ${START_TIMEOUT_MS / 1000} s`);
}
