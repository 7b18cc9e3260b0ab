import { readdirSync, readFileSync } from 'node:fs';
import { getL10nJson } from '@vscode/l10n-dev';

/**
 * A language to test localisation with: translated texts are accented Latin and a third longer, everything that the
 * host sends is Greek, and numbers and dates come from `Intl` in Greek. Whatever plain Latin is left on the screen is a
 * text that cannot be translated.
 */
export const PSEUDO_LANGUAGE = 'el';

const ACCENTED: Readonly<Record<string, string>> = {
  a: 'àà',
  e: 'éé',
  i: 'íí',
  o: 'öö',
  u: 'üü',
  c: 'ç',
  n: 'ñ',
  y: 'ý',
  A: 'À',
  E: 'É',
  I: 'Í',
  O: 'Ö',
  U: 'Ü',
  C: 'Ç',
  N: 'Ñ',
};

export const accented = (text: string): string =>
  text.replace(/\{\d+\}|[aeioucnyAEIOUCN]/g, (piece) => ACCENTED[piece] ?? piece);

/** Every text of the page, found by the exporter that translators use. */
export async function pseudoTranslations(): Promise<Record<string, string>> {
  const names = readdirSync('webview', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const contents = names.map((name) => ({ extension: '.ts', contents: readFileSync(`webview/${name}`, 'utf8') }));
  const bundle = await getL10nJson(contents);
  return Object.fromEntries(
    Object.entries(bundle).map(([key, text]) => [key, accented(typeof text === 'string' ? text : text.message)]),
  );
}

const GREEK = 'αβψδεφγηιξκλμνοπθρστυωςχυζ';

const greek = (text: string): string =>
  text
    .replace(/[a-z]/g, (letter) => GREEK[letter.charCodeAt(0) - 97] ?? letter)
    .replace(/[A-Z]/g, (letter) => (GREEK[letter.charCodeAt(0) - 65] ?? letter).toUpperCase());

/** Fields that are words of the user, the model or the host. */
const DATA = new Set(
  'attempts branchCostText content continuedCostText costText detail excerpt generationId id keyText label limitText model name origin pendingText priceText provider reasoning reservedText retryText runLabel settledText spentText tags text title tokensText'.split(
    ' ',
  ),
);

/** A view model as the host would send it in Greek. */
export function inGreek<T>(view: T): T;
export function inGreek(view: unknown, key = ''): unknown {
  if (typeof view === 'string') return DATA.has(key) ? greek(view) : view;
  if (Array.isArray(view)) return view.map((item: unknown) => inGreekUnder(item, key));
  if (typeof view !== 'object' || view === null) return view;
  return Object.fromEntries(Object.entries(view).map(([name, value]) => [name, inGreekUnder(value, name)]));
}

const inGreekUnder: (view: unknown, key: string) => unknown = inGreek;

/** The same in every language: the product's name, the syntax of a search, key caps. */
const UNTRANSLATED = ['Neural Terminal', 'tag: model: role: before: after: cost>', 'Enter', 'Esc', 'Del', '0.00'];

/**
 * In the page: texts that are not translated, and translated texts that are cut off. Reads all shadow trees. A text is
 * cut off where it overflows its own box or an ancestor's that hides what overflows, or the page.
 */
export const FIND_DEFECTS = `(() => {
  const untranslated = ${JSON.stringify(UNTRANSLATED)};
  // One letter is a key cap.
  const isPlain = (text) => text.trim().length > 1 && /[aeiou]/i.test(untranslated.reduce((rest, known) => rest.replaceAll(known, ''), text)
    .replace(/tag:parser.*?cost>0\\.05/, ''));
  const isTranslated = (text) => /[àéíöüçñýÀÉÍÖÜÇÑ]/.test(text);
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const isHidden = (element) => !element.checkVisibility({ visibilityProperty: true });
  const isForEars = (element) => {
    for (let at = element; at; at = parentOf(at)) if (getComputedStyle(at).clipPath === 'inset(50%)') return true;
    return false;
  };
  const found = new Set();
  const show = (element) => element.getRootNode().host?.localName + ' ' + element.localName + '.' + element.className;
  const note = (what, element, text) => found.add(what + ': ' + show(element) + ': ' + text.trim().replace(/\\s+/g, ' ').slice(0, 60));
  const findCut = (element, node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()];
    const right = Math.max(...rects.map((rect) => rect.right));
    const left = Math.min(...rects.map((rect) => rect.left));
    const bottom = Math.max(...rects.map((rect) => rect.bottom));
    for (let at = element; at; at = parentOf(at)) {
      const style = getComputedStyle(at);
      if (style.display === 'contents' || style.display === 'inline') continue;
      const box = at.getBoundingClientRect();
      if (['auto', 'scroll'].includes(style.overflowX) && at !== element) return;
      if (style.overflowX !== 'visible' && (right > box.right + 1 || left < box.left - 1)) return note('cut', element, node.data);
      if (['hidden', 'clip'].includes(style.overflowY) && bottom > box.bottom + 2) return note('cut below', element, node.data);
    }
    if (right > innerWidth + 1 || left < -1) note('cut', element, node.data);
  };
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (['STYLE', 'SCRIPT', 'OPTION'].includes(element.tagName) || isHidden(element)) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext']) {
        const value = element.getAttribute(name) ?? '';
        if (isPlain(value) && element.ariaHidden !== 'true') note(name, element, value);
      }
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === '') continue;
        if (isPlain(node.data)) note('text', element, node.data);
        else if (isTranslated(node.data) && !isForEars(element)) findCut(element, node);
      }
    }
  };
  visit(document.body);
  return [...found];
})()`;
