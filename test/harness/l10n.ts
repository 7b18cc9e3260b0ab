import { mkdirSync, writeFileSync } from 'node:fs';
import { BUNDLE_FILE, TEXTS_FILE, bundleText } from '../support/l10nBundle';
import { allTexts } from '../support/sourceTexts';

/** `npm run l10n`: exports the bundle for translators, and the list of all texts that a test compares. */
mkdirSync('l10n', { recursive: true });
void bundleText().then((bundle) => {
  writeFileSync(BUNDLE_FILE, bundle);
  writeFileSync(TEXTS_FILE, allTexts());
});
