import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Log } from './childProcesses';
import { ensureBrowser } from './browserInstall';
import { ensureEditor } from './editorInstall';
import { startEditorServer } from './editorServer';
import { harnessHome, projectRoot } from './projectPaths';
import { ensureSampleWorkspace } from './sampleWorkspace';
import { startChatService } from './startService';
import { openWorkbench, type Workbench } from './workbench';

const QUESTION = 'In two sentences: what does parser.ts do when a line has no equals sign?';
const SCREENSHOT = join(harnessHome, 'check.png');
const REPLY_TIMEOUT_MS = 90_000;

/**
 * `npm start -- --check`: one question and its reply in a real window with a fresh profile, without user input.
 * @throws Error that names the failed step. The screenshot shows the window at that moment.
 */
export async function checkStart(log: Log): Promise<void> {
  const executablePath = await ensureBrowser(log);
  const install = await ensureEditor(log);
  const service = await startChatService(log);
  const profileDir = await mkdtemp(join(tmpdir(), 'nt-check-'));
  try {
    const folder = await ensureSampleWorkspace();
    const settings = service.settings;
    const server = await startEditorServer({ install, profileDir, extensionFolders: [projectRoot], folder, settings });
    try {
      const workbench = await openWorkbench({ executablePath, server });
      await photographed(workbench, log, () => askAndReport(workbench, log));
    } finally {
      await server.dispose();
    }
  } finally {
    await service.dispose();
    await rm(profileDir, { recursive: true, force: true });
  }
}

async function photographed(workbench: Workbench, log: Log, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } finally {
    await workbench.screenshot(SCREENSHOT);
    log(`screenshot: ${SCREENSHOT}`);
    await workbench.close();
  }
}

async function askAndReport(workbench: Workbench, log: Log): Promise<void> {
  await workbench.openActivity('Neural Terminal');
  const panel = await workbench.panelFrame();
  log(`asking: ${QUESTION}`);
  await panel.getByRole('textbox', { name: 'Message' }).fill(QUESTION);
  await panel.getByRole('button', { name: 'Transmit', exact: true }).click();
  const entry = await finishedReply(panel);
  const reply = (await entry.locator('[data-part="text"]').last().innerText()).trim();
  const cost = (await entry.locator('[data-part="cost"]').last().innerText()).trim();
  if (reply === '' || !/\d/.test(cost)) {
    throw new Error(`the reply ended without a text or a cost: "${reply}", "${cost}"`);
  }
  log(`reply: ${reply}`);
  log(`cost: ${cost}`);
  log(`status bar: ${await workbench.statusBarText('$')}`);
}

async function finishedReply(panel: Frame): Promise<ReturnType<Frame['locator']>> {
  const entry = panel.locator('[data-role="assistant"]').last();
  const ended = panel
    .locator('[data-role="assistant"]:not([data-state="streaming"]):not([data-state="pending"])')
    .last();
  await ended.waitFor({ timeout: REPLY_TIMEOUT_MS }).catch(() => {
    throw new Error(`no reply ended within ${REPLY_TIMEOUT_MS / 1000} s`);
  });
  const state = await ended.getAttribute('data-state');
  if (state !== 'complete') {
    throw new Error(`the reply ended as "${state}": ${await entry.innerText()}`);
  }
  return entry;
}
