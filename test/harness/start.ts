import { spawn, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './childProcesses';
import { ensureEditor } from './editorInstall';
import { type EditorSettings, freePort, startEditorServer } from './editorServer';
import { harnessHome, projectRoot } from './projectPaths';
import { ensureOpenChatHelper, ensureSampleWorkspace } from './sampleWorkspace';
import { checkStart } from './startCheck';
import { type ChatService, startChatService } from './startService';

/** The browser keeps layout and secrets per address, so the same port is used while it is free. */
const PREFERRED_PORT = 43_917;

const log: Log = (line) => console.log(line);

/**
 * `npm start`: the extension from this folder in desktop VS Code when `code` is there, else in VS Code's server build.
 * `--server` always uses the server build. `--check` runs one exchange without user input and ends.
 */
async function start(flags: readonly string[]): Promise<void> {
  if (flags.includes('--check')) {
    await checkStart(log);
    return;
  }
  const service = await startChatService(log);
  try {
    if (!flags.includes('--server') && spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0) {
      await runDesktop(service);
    } else {
      await runServer(service);
    }
  } finally {
    await service.dispose();
  }
}

/** The emulator has a profile of its own, so that its charges don't appear in the real ledger. */
const profileOf = (service: ChatService): string =>
  join(harnessHome, service.isEmulated ? 'start-profile-emulator' : 'start-profile');

async function runDesktop(service: ChatService): Promise<void> {
  const profile = `${profileOf(service)}-desktop`;
  await mkdir(join(profile, 'User'), { recursive: true });
  const settings: EditorSettings = { 'workbench.startupEditor': 'none', ...service.settings };
  await writeFile(join(profile, 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  log('opening desktop VS Code; close its window or press Ctrl+C to end');
  const child = spawn(
    'code',
    [
      '--new-window',
      '--wait',
      '--user-data-dir',
      profile,
      `--extensionDevelopmentPath=${projectRoot}`,
      `--extensionDevelopmentPath=${await ensureOpenChatHelper()}`,
      await ensureSampleWorkspace(),
    ],
    { stdio: 'inherit' },
  );
  await Promise.race([interrupted(), new Promise((resolve) => child.once('exit', resolve))]);
  child.kill();
}

async function runServer(service: ChatService): Promise<void> {
  const server = await startEditorServer({
    install: await ensureEditor(log),
    profileDir: profileOf(service),
    port: await freePort(PREFERRED_PORT),
    extensionFolders: [projectRoot, await ensureOpenChatHelper()],
    settings: service.settings,
    folder: await ensureSampleWorkspace(),
  });
  try {
    openInBrowser(server.url());
    log(`\nVS Code with Neural Terminal:\n  ${server.url()}\n\nPress Ctrl+C to end.`);
    await Promise.race([interrupted(), server.ended]);
  } finally {
    await server.dispose();
  }
}

/** Best effort; the address is printed as well. */
function openInBrowser(url: string): void {
  const isHeadless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  if (isHeadless) {
    return;
  }
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

void start(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
