import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fillIn, inLanguage } from '../../../support/vscodeWords';
import { HOST_FOLDER, hostTexts } from '../../../support/sourceTexts';
import { textsByModule } from './everyText';

/** Accented, and a third longer. No ASCII letter remains. */
const accented = (message: string): string => {
  const text = message.replace(/\{\d+\}|[A-Za-z]/g, (part) =>
    part.length > 1 ? part : String.fromCodePoint((part.codePointAt(0) ?? 0) + 0x1_d3f5 - 0x41),
  );
  return `${text}${'·'.repeat(Math.ceil(message.length / 3))}`;
};

/** Written by other modules and not translated: the product's name and the form of a key. */
const CONSTANTS: ReadonlySet<string> = new Set(['Neural Terminal', 'sk-or-v1-…']);

describe('the host in a pseudo language', () => {
  const asked = new Set<string>();
  // Russian has plural forms of its own and no ASCII letters in dates and ages.
  const texts = inLanguage(
    'ru',
    (message, args) => {
      asked.add(message);
      return fillIn(accented(message), args);
    },
    () => textsByModule(),
  );

  for (const [module, found] of Object.entries(texts)) {
    it(`${module} leaves nothing untranslated`, () => {
      const untranslated = found.filter((text) => /[A-Za-z]/.test(text) && !CONSTANTS.has(text));
      assert.deepEqual(untranslated, []);
    });
  }

  it('covers every words module', () => {
    const modules = readdirSync(HOST_FOLDER).map((name) => name.replace(/\.ts$/, ''));
    const withTexts = hostTexts().map(({ file }) => file.slice(HOST_FOLDER.length + 1, -3));
    assert.deepEqual(
      withTexts.filter((module) => !(module in texts) && module !== 'actionLabels'),
      [],
      modules.join(),
    );
  });

  it('covers every message', () => {
    const all = hostTexts().flatMap(({ texts: messages }) => messages);
    assert.deepEqual(
      all.filter((message) => !asked.has(message)),
      [],
    );
  });
});
