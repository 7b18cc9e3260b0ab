import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { ensureBrowser } from '../harness/browserInstall';
import { ensureEditor } from '../harness/editorInstall';
import {
  type EditorServer,
  type EditorServerOptions,
  type EditorSettings,
  startEditorServer,
} from '../harness/editorServer';
import { packagePath } from '../harness/package';
import { ensureSampleWorkspace } from '../harness/sampleWorkspace';
import { type ThemeName, type Workbench, openWorkbench } from '../harness/workbench';
import {
  type OpenRouterEmulator,
  type OpenRouterEmulatorOptions,
  startOpenRouterEmulator,
} from '../support/openRouterEmulator';
import { filesWith, until } from './waiting';

const quiet = (): void => undefined;

/** A user's machine: a profile with the package installed, VS Code's server, and the emulator to talk to. */
export interface Session {
  readonly profileDir: string;
  readonly server: EditorServer;
  readonly emulator: OpenRouterEmulator;
  open(options?: { theme?: ThemeName; viewport?: { width: number; height: number } }): Promise<Workbench>;
  /** Waits until a file of the profile contains the text, so that it survives a crash. */
  stored(text: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface SessionOptions {
  readonly emulator?: OpenRouterEmulatorOptions;
  readonly settings?: EditorSettings;
  readonly env?: NodeJS.ProcessEnv;
  /** Installs the package into this profile with VS Code's installer, as a user does. Others share one installation. */
  readonly installs?: true;
}

/** `npm test` installs the package once and names the folder here; without it, each suite installs the package itself. */
async function extensionFor({
  installs,
}: SessionOptions): Promise<Pick<EditorServerOptions, 'extensionVsix' | 'extensionFolders'>> {
  const installed = process.env['NEURAL_TERMINAL_INSTALLED_EXTENSION'];
  return installed && !installs ? { extensionFolders: [installed] } : { extensionVsix: await packagePath() };
}

export async function aSession(options: SessionOptions = {}): Promise<Session> {
  const executablePath = await ensureBrowser(quiet);
  const install = await ensureEditor(quiet);
  const emulator = await startOpenRouterEmulator(options.emulator ?? {});
  const profileDir = await mkdtemp(path.join(tmpdir(), 'nt-session-'));
  const server = await startEditorServer({
    install,
    profileDir,
    ...(await extensionFor(options)),
    settings: {
      'neuralTerminal.baseUrl': emulator.baseUrl,
      'neuralTerminal.input.minIntervalMs': 0,
      ...options.settings,
    },
    folder: await ensureSampleWorkspace(),
    env: { OPENROUTER_API_KEY: undefined, ...options.env },
  });
  const windows: Workbench[] = [];
  return {
    profileDir,
    server,
    emulator,
    open: async (o = {}) => {
      const workbench = await openWorkbench({ executablePath, server, ...o });
      windows.push(workbench);
      return workbench;
    },
    stored: async (text) => {
      await until(async () => (await filesWith(profileDir, text)).length > 0, `“${text}” is stored`);
    },
    dispose: async () => {
      for (const window of windows) await window.close().catch(quiet);
      await server.dispose();
      await emulator.dispose();
      await rm(profileDir, { recursive: true, force: true });
    },
  };
}

/** The panel as a user finds it: by role and name. */
export class Panel {
  constructor(readonly frame: Frame) {}

  /** Waits for a panel in none of these frames. */
  static async beside(workbench: Workbench, others: readonly Frame[]): Promise<Panel> {
    const frame = await until(
      async () => (await workbench.panelFrames()).find((candidate) => !others.includes(candidate)),
      'another panel',
    );
    return new Panel(frame);
  }

  static async in(workbench: Workbench): Promise<Panel> {
    await workbench.openActivity('Neural Terminal');
    const panel = new Panel(await workbench.panelFrame());
    await panel.message.waitFor();
    return panel;
  }

  get message(): Locator {
    return this.frame.getByRole('textbox', { name: 'Message' });
  }
  get sendButton(): Locator {
    return this.button('Transmit');
  }
  get stopButton(): Locator {
    return this.button('Stop');
  }
  get replies(): Locator {
    return this.frame.locator('nt-entry[data-role="assistant"]');
  }
  get budget(): Locator {
    return this.frame.getByRole('status', { name: 'Budget' }).first();
  }
  get lastReply(): Locator {
    return this.replies.last();
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  async send(text: string): Promise<void> {
    await this.message.fill(text);
    await this.sendButton.click();
  }

  /** Sends and waits for the reply's end. */
  async ask(text: string, state = 'complete'): Promise<string> {
    const before = await this.replies.count();
    await this.send(text);
    await this.replies
      .nth(before)
      .and(this.frame.locator(`[data-state="${state}"]`))
      .waitFor();
    return this.replyText();
  }

  async replyText(): Promise<string> {
    return (await this.lastReply.locator('[data-part="text"]').innerText()).trim();
  }
}

/** Opens the sample's file and selects all of it. @returns the lines of its editor. */
export async function selectSampleFile(workbench: Workbench): Promise<Locator> {
  await workbench.openFile('parser.ts');
  const lines = workbench.page.locator('.editor-instance .view-lines').first();
  await lines.getByText('parseAssignments').first().waitFor();
  await lines.click();
  await workbench.page.keyboard.press('Control+a');
  return lines;
}

/** The keys of "Ask About Selection…". */
export async function pressAskChord(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('Control+k');
  await workbench.page.keyboard.press('Control+y');
}
