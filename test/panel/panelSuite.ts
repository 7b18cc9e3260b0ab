import type { Browser } from 'playwright-core';
import { launchBrowser, PanelPage } from './panelPage';
import type { PanelPageOptions } from './panelPage';
import { PanelServer } from './panelServer';

export interface PanelSuite {
  readonly browser: Browser;
  readonly origin: string;
  /** Pages that open with this language get the translations. */
  translate(language: string, translations: Readonly<Record<string, string>>): void;
  /** Closed automatically after the test. */
  open(options?: PanelPageOptions): Promise<PanelPage>;
}

let shared: Browser | undefined;

/** One browser for all files of a process. It ends with the process. */
async function sharedBrowser(): Promise<Browser> {
  if (!shared?.isConnected()) shared = await launchBrowser();
  return shared;
}

/** Provides a server and a browser for the tests of the enclosing `describe`. */
export function usePanels(): PanelSuite {
  let server: PanelServer;
  let browser: Browser;
  let opened: PanelPage[] = [];

  before(async function () {
    this.timeout(120_000);
    server = await PanelServer.start();
    browser = await sharedBrowser();
  });

  afterEach(async () => {
    const closing = opened;
    opened = [];
    for (const panel of closing) await panel.close();
  });

  after(async () => {
    await server.stop();
  });

  return {
    get browser() {
      return browser;
    },
    get origin() {
      return server.origin;
    },
    translate(language, translations) {
      server.translations.set(language, translations);
    },
    async open(options) {
      const query = options?.language === undefined ? '' : `?language=${options.language}`;
      const panel = await PanelPage.open(browser, `${server.origin}${options?.path ?? ''}${query}`, options);
      opened.push(panel);
      return panel;
    },
  };
}
