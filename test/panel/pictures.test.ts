import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { usePanels } from './panelSuite';
import { pictures } from './pictures';
import type { ThemeName } from './themes';

const OUTPUT = path.resolve('out/pictures');
/** One theme shows that every state renders; accessibility.test.ts checks every state in all themes. */
const THEMES: readonly ThemeName[] = process.env['CI'] === undefined ? ['dark', 'light', 'highContrast'] : ['dark'];

/**
 * Writes pictures of every state in every theme and width to `out/pictures`, for review. They only assert that all
 * states render. `NEURAL_TERMINAL_PICTURES` is a regular expression that selects names, such as `failure-dark`.
 */
describe('pictures', () => {
  const panels = usePanels();
  const wanted = new RegExp(process.env['NEURAL_TERMINAL_PICTURES'] ?? '');

  before(() => {
    mkdirSync(OUTPUT, { recursive: true });
  });

  for (const theme of THEMES) {
    for (const picture of pictures) {
      const names = picture.widths
        .map((width) => ({ width, name: `${picture.name}-${theme}-${width}` }))
        .filter(({ name }) => wanted.test(name));
      if (names.length === 0) continue;
      it(`${picture.name}-${theme}`, async () => {
        const panel = await panels.open({ theme });
        await panel.show(picture.view());
        await picture.act?.(panel);
        for (const { width, name } of names) {
          await panel.page.setViewportSize({ width, height: width >= 900 ? 780 : 820 });
          await panel.rest();
          await panel.page.screenshot({ path: path.join(OUTPUT, `${name}.png`) });
        }
      });
    }
  }
});
