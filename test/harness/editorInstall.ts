import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Log, runToEnd } from './childProcesses';
import { withInstallLock } from './installLock';
import { harnessHome, projectRoot } from './projectPaths';

/** VS Code's server build on this machine, with the Node version it needs. */
export interface EditorInstall {
  /** Absolute path of the Node 24 program. */
  readonly nodePath: string;
  /** Absolute path of VS Code's `out/server-main.js`. */
  readonly serverMain: string;
}

/** code-server 4.139.x contains VS Code 1.139.x, which runs on Node 24. */
const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';

/**
 * Dependencies of VS Code's server that are left out: the runtimes of its own AI features, which are large, and native
 * modules that the server only loads on demand or on Windows. Nothing is compiled: the remaining native modules
 * (node-pty, @parcel/watcher, ripgrep) come with binaries.
 */
const OMITTED_DEPENDENCIES: readonly string[] = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/deviceid',
  '@vscode/fs-copyfile',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];

/** Native modules that the server loads at start, each replaced by a few lines of JavaScript from `standIns/`. */
const REPLACED_DEPENDENCIES: readonly string[] = ['spdlog', 'native-watchdog'];
const STAND_INS = join(projectRoot, 'test', 'harness', 'standIns');

/** Written last: a folder without it belongs to a run that was killed. */
const MARKER = 'install-complete.json';
const DRAFT_MARK = '.draft-';

/**
 * Installs Node 24 and VS Code's server build where they are missing: about 20 seconds the first time.
 * @throws Error that names what is missing and how to install it by hand.
 */
export async function ensureEditor(log: Log): Promise<EditorInstall> {
  if (process.platform === 'win32') {
    throw new Error("VS Code's server build doesn't run on Windows: use desktop VS Code and `npm run test:electron`");
  }
  return withInstallLock(harnessHome, log, async () => {
    const [nodePath, serverMain] = await Promise.all([ensureNode(log), ensureServer(log)]);
    return { nodePath, serverMain };
  });
}

/**
 * Installs the Node version that the server runs on; the running one may be older.
 * @returns the absolute path of the program. @throws Error that says what to do by hand.
 */
export async function ensureNodeProgram(log: Log): Promise<string> {
  if (process.platform === 'win32') {
    throw new Error(`this needs Node ${NODE_VERSION.split('.')[0]}: install it and run this command with it`);
  }
  return withInstallLock(harnessHome, log, () => ensureNode(log));
}

async function ensureNode(log: Log): Promise<string> {
  const packageName = `node-${process.platform}-${process.arch}`;
  const folder = join(harnessHome, `${packageName}-${NODE_VERSION}`);
  await installOnce(folder, log, (draft) => installPackage(draft, `${packageName}@${NODE_VERSION}`));
  return join(folder, 'node_modules', packageName, 'bin', 'node');
}

async function ensureServer(log: Log): Promise<string> {
  const folder = join(harnessHome, `code-server-${CODE_SERVER_VERSION}-${process.platform}-${process.arch}`);
  const insideServer = join('node_modules', 'code-server', 'lib', 'vscode');
  const serverMain = join(folder, insideServer, 'out', 'server-main.js');
  await installOnce(folder, log, async (draft) => {
    await installPackage(draft, `code-server@${CODE_SERVER_VERSION}`);
    await installServerDependencies(join(draft, insideServer));
  });
  if (!existsSync(serverMain)) {
    throw new Error(`VS Code's server is missing: ${serverMain}; delete ${folder} and try again`);
  }
  return serverMain;
}

/** What code-server's own install script does, minus the dependencies above. Its lock file pins the versions. */
async function installServerDependencies(serverFolder: string): Promise<void> {
  const manifestFile = join(serverFolder, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as { dependencies: Record<string, string> };
  const left = [...OMITTED_DEPENDENCIES, ...REPLACED_DEPENDENCIES.map((name) => `@vscode/${name}`)];
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => !left.includes(name)),
  );
  await writeFile(manifestFile, JSON.stringify({ ...manifest, dependencies }, null, 2));
  await Promise.all([
    npmInstall(serverFolder, ['--omit=dev']),
    npmInstall(join(serverFolder, 'extensions'), ['--omit=dev']),
  ]);
  for (const name of REPLACED_DEPENDENCIES) {
    const folder = join(serverFolder, 'node_modules', '@vscode', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: `@vscode/${name}`, main: 'index.mjs' }));
    await copyFile(join(STAND_INS, `${name}.mjs`), join(folder, 'index.mjs'));
  }
}

/**
 * Runs `install` unless an earlier run finished it. It installs into a draft folder and renames it at the end, because
 * an npm process whose parent was killed may still be writing into an earlier draft.
 */
async function installOnce(folder: string, log: Log, install: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(join(folder, MARKER))) {
    return;
  }
  await removeRemains(folder, log);
  const startedAt = Date.now();
  const draft = `${folder}${DRAFT_MARK}${process.pid}`;
  log(`installing into ${folder}`);
  await mkdir(draft, { recursive: true });
  await install(draft);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  await writeFile(join(draft, MARKER), JSON.stringify({ finishedAt: new Date().toISOString(), seconds }));
  await rename(draft, folder);
  log(`installed in ${seconds} s`);
}

/** Removes the drafts of killed runs. */
async function removeRemains(folder: string, log: Log): Promise<void> {
  const name = basename(folder);
  const remains = readdirSync(dirname(folder)).filter(
    (entry) => entry === name || entry.startsWith(`${name}${DRAFT_MARK}`),
  );
  for (const entry of remains) {
    log(`removing a half-finished install: ${entry}`);
    await rm(join(dirname(folder), entry), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function installPackage(folder: string, spec: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await npmInstall(folder, ['--no-save', spec]);
}

async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runToEnd('npm', ['install', ...quietly, ...args], { cwd: folder, env: withoutNpmRunVariables(process.env) });
}

/** What `npm test` passes to its children about itself. */
const NPM_RUN_VARIABLES =
  /^(npm_(package|lifecycle)_.*|npm_(command|execpath|node_execpath)|npm_config_(.*prefix|user_agent|npm_version|node_gyp|init_module)|INIT_CWD|NODE)$/i;

/** An npm inside `npm test` must not use the project, prefix and Node of the outer one. */
function withoutNpmRunVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NPM_RUN_VARIABLES.test(name)));
}
