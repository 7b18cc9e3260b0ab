import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { answerOf, ledgerPictures } from './ledgerFixtures';
import { usePanels } from './panelSuite';
import type { ThemeName } from './themes';

const OUTPUT = path.resolve('out/pictures');
/** One theme shows that every state renders; ledger.test.ts checks every state in all themes. */
const THEMES: readonly ThemeName[] = process.env['CI'] === undefined ? ['dark', 'light', 'highContrast'] : ['dark'];

/** Pictures of the ledger, selected like those of the panel. */
describe('ledger pictures', () => {
  const panels = usePanels();
  const wanted = new RegExp(process.env['NEURAL_TERMINAL_PICTURES'] ?? '');

  before(() => {
    mkdirSync(OUTPUT, { recursive: true });
  });

  for (const theme of THEMES) {
    for (const { name, view, state, press } of ledgerPictures) {
      const files = [300, 1000]
        .map((width) => ({ width, file: `ledger-${name}-${theme}-${width}.png` }))
        .filter(({ file }) => wanted.test(file));
      if (files.length === 0) continue;
      it(`${name}-${theme}`, async () => {
        const { page } = await panels.open({
          path: '/ledger',
          theme,
          answers: { load: answerOf(await view()) },
          state,
        });
        await page.locator('.readings').waitFor();
        if (press !== undefined) await page.getByRole('button', { name: press, exact: true }).click();
        for (const { width, file } of files) {
          await page.setViewportSize({ width, height: width >= 900 ? 1100 : 1500 });
          await page.mouse.move(0, 0);
          if (press !== undefined)
            await page
              .getByRole('button', { name: press, exact: true })
              .evaluate((button: { scrollIntoView(options: object): void }) =>
                button.scrollIntoView({ block: 'center' }),
              );
          await page.evaluate(
            'document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))))',
          );
          await page.screenshot({ path: path.join(OUTPUT, file) });
        }
      });
    }
  }
});
