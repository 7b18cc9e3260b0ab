import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, PanelPage } from './panelPage';
import { buildPanel, PanelServer } from './panelServer';
import { pictures } from './pictures';
import type { ThemeName } from './themes';

const OUTPUT = path.resolve('out/pictures');
const THEMES: readonly ThemeName[] = ['dark', 'light', 'highContrast'];

/** Pictures for the eye: every state in every exposure and width. They assert only that it can be drawn. */
describe('pictures', () => {
  let server: PanelServer;
  let browser: Browser;

  before(async () => {
    await buildPanel();
    server = await PanelServer.start();
    browser = await launchBrowser();
    mkdirSync(OUTPUT, { recursive: true });
  });

  after(async () => {
    await browser.close();
    await server.stop();
  });

  const wanted = process.env['NEURAL_TERMINAL_PICTURES'] ?? '';
  for (const theme of THEMES) {
    for (const picture of pictures) {
      for (const width of picture.widths) {
        const name = `${picture.name}-${theme}-${width}`;
        if (!new RegExp(wanted).test(name)) continue;
        it(name, async () => {
          const panel = await PanelPage.open(browser, server.origin, { theme, width, height: width >= 900 ? 780 : 820 });
          await panel.show(picture.view());
          await picture.act?.(panel);
          await panel.page.waitForTimeout(250);
          await panel.page.screenshot({ path: path.join(OUTPUT, `${name}.png`) });
          await panel.close();
        });
      }
    }
  }
});
