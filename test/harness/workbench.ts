import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import type { EditorServer, EditorSettings, PagePayload } from './editorServer';

export type ThemeName = 'dark' | 'light' | 'highContrastDark' | 'highContrastLight';

/** Ids of the built-in colour themes; the older ids of the first two are still accepted by VS Code. */
const THEME_IDS: Readonly<Record<ThemeName, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  highContrastDark: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
};

/** The class of the workbench once VS Code has applied a theme. */
const THEME_CLASSES: Readonly<Record<ThemeName, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  highContrastDark: 'hc-black',
  highContrastLight: 'hc-light',
};

/** No sandbox, because containers don't allow it. The other flags keep the browser off the network. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface WorkbenchOptions {
  /** Absolute path of the browser program. */
  readonly executablePath: string;
  readonly server: EditorServer;
  readonly payload?: PagePayload;
  /** In CSS pixels; 1280 × 800 when absent. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly theme?: ThemeName;
  /** Runs before the page loads: the place for `exposeFunction` and console listeners. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const ACTION_TIMEOUT_MS = 30_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const ATTEMPTS = 4;

/** Runs in the page: the editors that VS Code would restore, for each workspace it knows in this browser. */
const KEPT_EDITORS = `(async () => {
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const kept = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await settled(indexedDB.open(name));
    if (database.objectStoreNames.contains('ItemTable')) {
      kept.push((await settled(database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor'))) ?? '');
    }
    database.close();
  }
  return kept;
})()`;

/** Starts a browser, opens a window of the server in it and waits until the workbench is drawn. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  if (options.theme) {
    await options.server.updateSettings({ 'workbench.colorTheme': THEME_IDS[options.theme] });
  }
  const browser = await chromium.launch({ executablePath: options.executablePath, args: [...CHROMIUM_FLAGS] });
  try {
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    return await openWindow(browser, context, options);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function openWindow(browser: Browser, context: BrowserContext, options: WorkbenchOptions): Promise<Workbench> {
  const page = await context.newPage();
  await options.prepare?.(page);
  await page.goto(options.server.url(options.payload));
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: READY_TIMEOUT_MS });
  return new Workbench(page, browser, context, options);
}

/** One VS Code window, driven as a user does: by roles, keys and visible text. */
export class Workbench {
  constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly options: WorkbenchOptions,
  ) {}

  /** A second window on the same profile: its own extension host, the same global storage. */
  openAnotherWindow(): Promise<Workbench> {
    return openWindow(this.browser, this.context, this.options);
  }

  /** Runs a command by the whole title that the palette shows, e.g. `Neural Terminal: New Conversation`. */
  async runCommand(title: string): Promise<void> {
    // The key that is bound to a command follows its title in the row's name.
    const named = this.page.locator(
      `[aria-label=${JSON.stringify(title)}], [aria-label^=${JSON.stringify(`${title}, `)}]`,
    );
    await this.pickQuickly(
      'F1',
      `>${title}`,
      this.page.locator('.quick-input-list .monaco-list-row').and(named).first(),
    );
  }

  /** Opens a file of the workspace by its name, as with Ctrl+P. */
  async openFile(name: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
    await this.pickQuickly('ControlOrMeta+p', name, row);
  }

  /**
   * Presses the key that opens the quick input, types and clicks the row.
   * While a window starts, it may ignore the key, close the input when a webview takes the focus, or list no files
   * yet. Then all steps are repeated.
   */
  private async pickQuickly(key: string, typed: string, row: Locator): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.page.keyboard.press(key);
        await input.waitFor({ timeout: ATTEMPT_TIMEOUT_MS });
        await input.fill(typed, { timeout: ATTEMPT_TIMEOUT_MS });
        await row.click({ timeout: ATTEMPT_TIMEOUT_MS });
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Shows a view container. A click on a visible one hides it, and a starting window may show it by itself meanwhile. */
  async openActivity(name: string): Promise<void> {
    const tab = this.page.locator('.part.activitybar').getByRole('tab', { name }).first();
    const sideBar = this.page.locator('.part.sidebar');
    const shown = tab.and(this.page.locator('[aria-selected="true"]'));
    await tab.waitFor({ timeout: ACTION_TIMEOUT_MS });
    for (
      let attempt = 1;
      attempt <= ATTEMPTS && !((await shown.isVisible()) && (await sideBar.isVisible()));
      attempt += 1
    ) {
      await tab.click();
      await Promise.all([sideBar, shown].map((part) => part.waitFor({ timeout: ATTEMPT_TIMEOUT_MS }))).catch(
        () => undefined,
      );
    }
  }

  /**
   * The frame of the webview that holds the panel's root element.
   * @param timeoutMs extension activation included.
   */
  panelFrame(timeoutMs = 60_000): Promise<Frame> {
    return this.frameWith('nt-app', timeoutMs);
  }

  /** The frame of the ledger's tab. */
  ledgerFrame(timeoutMs = 60_000): Promise<Frame> {
    return this.frameWith('nt-ledger', timeoutMs);
  }

  /** The frames of all panels that are there now: the one in the side bar and those in editor tabs. */
  panelFrames(): Promise<Frame[]> {
    return this.framesWith('nt-app');
  }

  private async frameWith(root: string, timeoutMs: number): Promise<Frame> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      const [first] = await this.framesWith(root);
      if (first) {
        return first;
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error(`<${root}> did not appear in any webview within ${timeoutMs} ms`);
  }

  private async framesWith(root: string): Promise<Frame[]> {
    const frames = this.page.frames();
    const found = await Promise.all(
      frames.map((frame) =>
        frame
          .locator(root)
          .count()
          .catch(() => 0),
      ),
    );
    return frames.filter((_, index) => (found[index] ?? 0) > 0);
  }

  /** The whole text of the first status bar entry whose text matches; waits for it. */
  async statusBarText(matcher: RegExp | string, timeoutMs = ACTION_TIMEOUT_MS): Promise<string> {
    const entry = this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: matcher }).first();
    await entry.waitFor({ timeout: timeoutMs });
    return ((await entry.textContent()) ?? '').trim();
  }

  /** @param path of the PNG file; its folder is made when missing. */
  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /**
   * Changes user settings so that this window takes them over at once; other windows see them when they reload.
   * VS Code's server build does not notice changes on disk, but it reads the file again after saving it itself.
   */
  async changeSettings(changes: EditorSettings): Promise<void> {
    await this.options.server.updateSettings(changes);
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const lines = this.page.locator('.editor-instance .view-lines').first();
    await lines.waitFor({ timeout: ACTION_TIMEOUT_MS });
    // The editor may show an older version, which VS Code refuses to save.
    await this.runCommand('File: Revert File');
    // The editor is visible a moment before it has the focus.
    await lines.click({ timeout: ACTION_TIMEOUT_MS });
    await this.page.keyboard.press('ControlOrMeta+End');
    await this.page.keyboard.press('Space');
    const unsaved = this.page.locator('.editor-group-container .tab.dirty');
    await unsaved.waitFor({ timeout: ACTION_TIMEOUT_MS });
    await this.runCommand('File: Save');
    await unsaved.waitFor({ state: 'detached', timeout: ACTION_TIMEOUT_MS });
    await this.runCommand('View: Close Editor');
    await lines.waitFor({ state: 'hidden', timeout: ACTION_TIMEOUT_MS });
  }

  /** Changes the color theme through user settings and waits until the window shows it. */
  async setTheme(theme: ThemeName): Promise<void> {
    await this.changeSettings({ 'workbench.colorTheme': THEME_IDS[theme] });
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[theme]}`).waitFor({ timeout: ACTION_TIMEOUT_MS });
  }

  /**
   * Drags the side bar's edge.
   * @param width in CSS pixels; VS Code keeps a minimum of its own (about 170).
   * @returns the resulting width.
   */
  async setSideBarWidth(width: number): Promise<number> {
    const sideBar = this.page.locator('.part.sidebar');
    const box = await sideBar.boundingBox();
    if (!box) {
      throw new Error('the side bar is not visible');
    }
    const edge = box.x + box.width;
    const middle = box.y + box.height / 2;
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(edge + 5, middle);
    await this.page.mouse.move(box.x + width, middle, { steps: 10 });
    await this.page.mouse.up();
    return (await sideBar.boundingBox())?.width ?? 0;
  }

  /** Closes toasts that would cover what a test clicks or photographs. */
  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** The text of every visible notification toast. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
  }

  /**
   * Reloads this window's page, as "Developer: Reload Window" does, once VS Code would restore its webview tabs.
   * It stores the list of open editors only when it is idle, seconds after they were opened.
   */
  async reload(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await this.keepsOpenWebviews())) {
      if (Date.now() > deadline)
        throw new Error(`VS Code did not store its open webview tabs within ${READY_TIMEOUT_MS} ms`);
      await this.page.waitForTimeout(100);
    }
    await this.page.reload();
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: READY_TIMEOUT_MS });
  }

  /** Whether VS Code has stored exactly the webview tabs that are shown. */
  private async keepsOpenWebviews(): Promise<boolean> {
    const tabs = await this.page.locator('.editor-group-container .tab[data-resource-name^="webview-"]').all();
    const names = await Promise.all(tabs.map((tab) => tab.getAttribute('data-resource-name')));
    // The element names a tab `webview-KIND-UUID`; the stored state calls it `mainThreadWebview-KIND`.
    const shown = names.map((name) => /^webview-(.+)-[0-9a-f]{8}(?:-[0-9a-f]+){4}$/.exec(name ?? '')?.[1] ?? '').sort();
    const kept: unknown = await this.page.evaluate(KEPT_EDITORS);
    return (Array.isArray(kept) ? kept : []).some(
      (state) =>
        String([...String(state).matchAll(/mainThreadWebview-([\w.]+)/g)].map(([, kind]) => kind).sort()) ===
        String(shown),
    );
  }

  /** Closes this window as a user would, so that its extension host deactivates. */
  async closeWindow(): Promise<void> {
    const closed = this.page.waitForEvent('close', { timeout: ACTION_TIMEOUT_MS });
    this.page.on('dialog', (dialog) => void dialog.accept());
    await this.page.close({ runBeforeUnload: true });
    await closed;
  }

  /** Closes the browser with all windows in it. */
  async close(): Promise<void> {
    await this.browser.close();
  }
}
