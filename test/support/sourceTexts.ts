import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The texts that users read, collected from the sources in the order in which they are written there. */

export const HOST_FOLDER = 'src/editor/words';
const PAGE_FOLDER = 'webview';

/** A file with the texts in it. */
export interface SourceTexts {
  readonly file: string;
  readonly texts: readonly string[];
}

const tsFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();

/** `webview/strings.ts`, `webview/log/strings.ts`, `webview/strings/log.ts`, `webview/log/logStrings.ts` */
const isStringsModule = (file: string): boolean =>
  /(?:^|\/)strings\//.test(file) || /strings\.ts$/i.test(path.posix.basename(file));

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** The message of `l10n.t('…')` or `l10n.t({ message: '…' })`. */
function messageOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !/(?:^|\.)l10n\.t$/.test(node.expression.getText())) return undefined;
  const [first] = node.arguments;
  if (first && ts.isStringLiteralLike(first)) return first.text;
  if (!first || !ts.isObjectLiteralExpression(first)) return undefined;
  const message = first.properties.find(
    (property) => ts.isPropertyAssignment(property) && property.name.getText() === 'message',
  );
  return message && ts.isPropertyAssignment(message) && ts.isStringLiteralLike(message.initializer)
    ? message.initializer.text
    : undefined;
}

export function messagesIn(file: string): readonly string[] {
  const messages: string[] = [];
  visit(parse(file), (node) => {
    const message = messageOf(node);
    if (message !== undefined) messages.push(message);
  });
  return messages;
}

/** For modules without `l10n.t`: every string, with the expressions of templates in braces. */
function plainStringsIn(file: string): readonly string[] {
  const strings: string[] = [];
  visit(parse(file), (node) => {
    if (ts.isImportDeclaration(node.parent ?? node)) return;
    if (ts.isStringLiteralLike(node)) strings.push(node.text);
    else if (ts.isTemplateExpression(node))
      strings.push(
        [
          node.head.text,
          ...node.templateSpans.map((span) => `{${span.expression.getText()}}${span.literal.text}`),
        ].join(''),
      );
  });
  return strings;
}

export const hostTexts = (): readonly SourceTexts[] =>
  tsFiles(HOST_FOLDER)
    .map((file) => ({ file, texts: messagesIn(file) }))
    .filter(({ texts }) => texts.length > 0);

export const pageTexts = (): readonly SourceTexts[] =>
  tsFiles(PAGE_FOLDER)
    .filter(isStringsModule)
    .map((file) => {
      const messages = messagesIn(file);
      return { file, texts: messages.length > 0 ? messages : plainStringsIn(file) };
    });

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const MANIFEST_KEYS: ReadonlySet<string> = new Set([
  'displayName',
  'description',
  'markdownDescription',
  'title',
  'category',
  'label',
  'name',
  'contents',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'deprecationMessage',
]);

/** Texts of package.json, with `%key%` replaced from package.nls.json where it exists. */
export function manifestTexts(): readonly string[] {
  const nls = readNls();
  const texts: string[] = [];
  const add = (value: Json, isText: boolean): void => {
    if (typeof value === 'string') {
      if (isText) texts.push(nls[/^%(.+)%$/.exec(value)?.[1] ?? ''] ?? value);
    } else if (Array.isArray(value)) for (const one of value) add(one, isText);
    else if (value !== null && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) add(one, MANIFEST_KEYS.has(key));
  };
  const { displayName, description, contributes, capabilities }: Record<string, Json> = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  add({ displayName: displayName ?? null, description: description ?? null }, false);
  add(contributes ?? null, false);
  add(capabilities ?? null, false);
  return texts;
}

function readNls(): Readonly<Record<string, string>> {
  try {
    const entries: Record<string, string | { readonly message: string }> = JSON.parse(
      readFileSync('package.nls.json', 'utf8'),
    );
    return Object.fromEntries(
      Object.entries(entries).map(([key, entry]) => [key, typeof entry === 'string' ? entry : entry.message]),
    );
  } catch {
    return {};
  }
}

/** The golden file: one text per line, in the order of the sources; repeated texts once per file. */
export function allTexts(): string {
  const section = (title: string, texts: readonly string[]): string =>
    [`## ${title}`, '', ...new Set(texts.map((text) => text.replaceAll('\n', '⏎')))].join('\n');
  return `${[
    '# Texts that users read. Written by `npm run l10n`.',
    section('package.json', manifestTexts()),
    ...[...hostTexts(), ...pageTexts()].map(({ file, texts }) => section(file, texts)),
  ].join('\n\n')}\n`;
}

/** Files whose messages go into the bundle. */
export const bundleSources = (): readonly string[] => [...tsFiles('src/editor'), ...tsFiles(PAGE_FOLDER)];
