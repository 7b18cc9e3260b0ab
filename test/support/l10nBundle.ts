import { readFileSync } from 'node:fs';
import { getL10nJson } from '@vscode/l10n-dev';
import { bundleSources } from './sourceTexts';

export const BUNDLE_FILE = 'l10n/bundle.l10n.json';
export const TEXTS_FILE = 'test/fixtures/texts.golden.txt';

/** The bundle of all messages in the sources, sorted by key. */
export async function bundleText(): Promise<string> {
  const sources = bundleSources().map((file) => ({ extension: '.ts', contents: readFileSync(file, 'utf8') }));
  const bundle = await getL10nJson(sources);
  const sorted = Object.fromEntries(Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
