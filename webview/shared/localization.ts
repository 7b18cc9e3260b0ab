import * as l10n from '@vscode/l10n';

let pageLanguage = 'en';

/** The page's language, a BCP 47 tag. */
export const language = (): string => pageLanguage;

/** To be called before the first text is shown. Without `translations`, a bundle as JSON, every text stays English. */
export function setLanguage(tag: string, translations: string | undefined): void {
  pageLanguage = isLanguageTag(tag) ? tag : 'en';
  if (translations !== undefined) l10n.config({ contents: translations });
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** One message per plural form. Add `few` and `many` to a text when a language that needs them is added. */
type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** The form that the page's language uses for the count. */
export function plural(count: number, forms: PluralForms): string {
  return forms[new Intl.PluralRules(pageLanguage).select(count)] ?? forms.other;
}

const STAND_IN = /<(\d+)\u0001>/;

/** A translated sentence with elements in place of its placeholders. */
export function withElements<T>(
  sentence: (...standIns: string[]) => string,
  ...elements: readonly T[]
): readonly (string | T | undefined)[] {
  const text = sentence(...elements.map((_, index) => `<${index}\u0001>`));
  return text.split(STAND_IN).map((part, index) => (index % 2 === 0 ? part : elements[Number(part)]));
}
