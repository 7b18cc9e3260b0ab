import Module from 'node:module';

/**
 * A `vscode` module with what src/editor/words needs, so that words can be tested without an editor. Import this file
 * before any file of src/editor. It does nothing if `vscode` resolves to another module.
 */

type Argument = string | number | boolean;
type Message = string | { readonly message: string; readonly args?: readonly Argument[] };

/** Turns a message and its arguments into text. */
export type Translate = (message: string, args: readonly Argument[]) => string;

interface WordsApi {
  readonly env: { language: string };
  readonly l10n: { t: (message: Message, ...args: readonly Argument[]) => string };
}

export const fillIn: Translate = (message, args) =>
  message.replace(/\{(\d+)\}/g, (placeholder, index: string) => String(args[Number(index)] ?? placeholder));

const translating =
  (translate: Translate): WordsApi['l10n']['t'] =>
  (message, ...args) =>
    typeof message === 'string' ? translate(message, args) : translate(message.message, message.args ?? []);

export const env: WordsApi['env'] = { language: 'en' };
export const l10n: WordsApi['l10n'] = { t: translating(fillIn) };
const words: WordsApi = { env, l10n };

interface Loader {
  _load(request: string, ...rest: readonly unknown[]): unknown;
}
const loader = Module as unknown as Loader;
const load = loader._load;
loader._load = (request, ...rest) => {
  if (request !== 'vscode') return load(request, ...rest);
  try {
    return load(request, ...rest);
  } catch {
    return words;
  }
};

/** Runs `work` in another display language with another translation. */
export function inLanguage<T>(language: string, translate: Translate, work: () => T): T {
  const apis = [words, loader._load('vscode') as WordsApi];
  const before = apis.map(({ env, l10n }) => [env.language, l10n.t] as const);
  for (const { env, l10n } of apis) [env.language, l10n.t] = [language, translating(translate)];
  try {
    return work();
  } finally {
    apis.forEach(({ env, l10n }, i) => ([env.language, l10n.t] = before[i]!));
  }
}
