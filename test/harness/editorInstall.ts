import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Log, runToEnd } from './childProcesses';
import { withInstallLock } from './installLock';
import { harnessHome } from './projectPaths';
import { ensureSystemPackages } from './systemPackages';

/** VS Code's server build on this machine, with the Node that it insists on. */
export interface EditorInstall {
  /** Absolute path of the Node 24 program. */
  readonly nodePath: string;
  /** Absolute path of VS Code's `out/server-main.js`. */
  readonly serverMain: string;
}

/** code-server 4.139.x carries VS Code 1.139.x and refuses any Node major but 24. */
const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';

/** What the native modules of VS Code's server are compiled with. */
const BUILD_PACKAGES = [
  'libkrb5-dev',
  'libsecret-1-dev',
  'libx11-dev',
  'libxkbfile-dev',
  'pkg-config',
  'python3',
  'make',
  'g++',
];

/** Written last: a folder without it is what a killed run left behind. */
const MARKER = 'install-complete.json';
const DRAFT_MARK = '.draft-';

/**
 * Installs what is missing of Node 24 and VS Code's server build; minutes the first time, nothing afterwards.
 * @throws Error saying what is missing and what to install by hand.
 */
export async function ensureEditor(log: Log): Promise<EditorInstall> {
  if (process.platform === 'win32') {
    throw new Error("VS Code's server build does not run on Windows: use desktop VS Code and `npm run test:electron`");
  }
  return withInstallLock(harnessHome, log, async () => {
    const nodeRoot = await ensureNode(log);
    const nodePath = join(nodeRoot, 'bin', 'node');
    const serverMain = await ensureServer(nodeRoot, nodePath, log);
    return { nodePath, serverMain };
  });
}

/**
 * A newer Node than the running one may be: the one that the server runs under, installed once.
 * @returns the absolute path of the program. @throws Error saying what to do by hand.
 */
export async function ensureNodeProgram(log: Log): Promise<string> {
  if (process.platform === 'win32') {
    throw new Error(`this needs Node ${NODE_VERSION.split('.')[0]}: install it and start this again with it`);
  }
  return withInstallLock(harnessHome, log, async () => join(await ensureNode(log), 'bin', 'node'));
}

async function ensureNode(log: Log): Promise<string> {
  const packageName = `node-${process.platform}-${process.arch}`;
  const folder = join(harnessHome, `${packageName}-${NODE_VERSION}`);
  await installOnce(folder, log, (draft) => installPackage(draft, `${packageName}@${NODE_VERSION}`, process.env));
  return join(folder, 'node_modules', packageName);
}

async function ensureServer(nodeRoot: string, nodePath: string, log: Log): Promise<string> {
  const folder = join(harnessHome, `code-server-${CODE_SERVER_VERSION}-${process.platform}-${process.arch}`);
  const serverMain = join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
  await installOnce(folder, log, async (draft) => {
    await ensureSystemPackages(BUILD_PACKAGES, "to compile VS Code's native modules", log);
    log('compiling takes a few minutes, once');
    await installPackage(draft, `code-server@${CODE_SERVER_VERSION}`, {
      ...process.env,
      PATH: `${dirname(nodePath)}${delimiter}${process.env['PATH'] ?? ''}`,
      // The headers are in the Node package: node-gyp must not try to download them.
      npm_config_nodedir: nodeRoot,
    });
  });
  if (!existsSync(serverMain)) {
    throw new Error(`VS Code's server is not where it should be: ${serverMain}; delete ${folder} and try again`);
  }
  return serverMain;
}

/**
 * Runs `install` unless an earlier run finished it. It works in a folder of its own that gets its name at the end,
 * because an npm whose parent was killed may still be writing into the folder of the run before.
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

/** What killed runs left behind. */
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

async function installPackage(folder: string, spec: string, baseEnv: NodeJS.ProcessEnv): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await runToEnd('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', spec], {
    cwd: folder,
    env: withoutNpmRunVariables(baseEnv),
  });
}

/** What `npm test` tells its children about itself; code-server reads the Node version out of the user agent. */
const NPM_RUN_VARIABLES =
  /^(npm_(package|lifecycle)_.*|npm_(command|execpath|node_execpath)|npm_config_(.*prefix|user_agent|npm_version|node_gyp|init_module)|INIT_CWD|NODE)$/i;

/** An npm inside `npm test` must not take the outer one's project, prefix and Node for its own. */
function withoutNpmRunVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NPM_RUN_VARIABLES.test(name)));
}

/**
 * Finds a Chromium, or installs Debian's when this user may.
 * `NEURAL_TERMINAL_CHROMIUM` names one explicitly.
 * @returns the absolute path of the browser program.
 * @throws Error saying how to provide one.
 */
export async function ensureBrowser(log: Log): Promise<string> {
  const named = process.env['NEURAL_TERMINAL_CHROMIUM'];
  if (named) {
    if (!existsSync(named)) {
      throw new Error(`NEURAL_TERMINAL_CHROMIUM names a file that does not exist: ${named}`);
    }
    return named;
  }
  const found = findBrowser();
  if (found) {
    return found;
  }
  await withInstallLock(harnessHome, log, () =>
    ensureSystemPackages(['chromium', 'fonts-liberation'], 'to drive the editor', log),
  );
  const installed = findBrowser();
  if (!installed) {
    throw new Error('no Chromium found: install Chromium or Chrome, or set NEURAL_TERMINAL_CHROMIUM to its path');
  }
  return installed;
}

function findBrowser(): string | undefined {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
  const candidates = [
    ...names.map((name) => join('/usr/bin', name)),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...playwrightBrowsers(),
  ];
  return candidates.find((candidate) => existsSync(candidate));
}

/** Browsers that `playwright install chromium` left in its cache, newest first. */
function playwrightBrowsers(): string[] {
  const caches = [
    process.env['PLAYWRIGHT_BROWSERS_PATH'],
    join(homedir(), '.cache', 'ms-playwright'),
    join(homedir(), 'Library', 'Caches', 'ms-playwright'),
  ];
  const inside = [
    join('chrome-linux', 'chrome'),
    join('chrome-linux64', 'chrome'),
    join('chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'),
  ];
  return caches.flatMap((cache) => {
    if (!cache || !existsSync(cache)) {
      return [];
    }
    const builds = readdirSync(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort()
      .reverse();
    return builds.flatMap((build) => inside.map((program) => join(cache, build, program)));
  });
}
