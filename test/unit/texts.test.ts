import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { sourceFiles } from '../support/importGraph';
import { BUNDLE_FILE, TEXTS_FILE, bundleText } from '../support/l10nBundle';
import { HOST_FOLDER, allTexts, hostTexts } from '../support/sourceTexts';

const UPDATE = 'run “npm run l10n”';

describe('texts', () => {
  it('match the golden file', () => assert.equal(readFileSync(TEXTS_FILE, 'utf8'), allTexts(), UPDATE));

  it('match the exported bundle', async function () {
    this.timeout(60_000);
    const bundle = await bundleText();
    assert.equal(readFileSync(BUNDLE_FILE, 'utf8'), bundle, UPDATE);
    const known = new Set(Object.keys(JSON.parse(bundle)).map((key) => key.replace(/\/[^/]*$/, '')));
    const keys = new Set(Object.keys(JSON.parse(bundle)));
    const missing = hostTexts().flatMap(({ texts }) => texts.filter((text) => !keys.has(text) && !known.has(text)));
    assert.deepEqual(missing, [], 'the exporter finds only calls of l10n.t');
  });

  it('of the host are all in one folder', () => {
    const strays = sourceFiles()
      .filter((file) => file.startsWith('src/') && !file.startsWith(`${HOST_FOLDER}/`))
      .flatMap((file) => straysIn(file, readFileSync(file, 'utf8')));
    assert.deepEqual(strays, []);
  });

  const STRAYS: readonly (readonly [what: string, source: string])[] = [
    ['a call of l10n', "vscode.l10n.t('Open');"],
    ['a sentence in a notification', "void vscode.window.showErrorMessage('It failed badly.');"],
    ['a sentence in a template', 'const text = `It failed ${count} times.`;'],
    ['a label of two words', "const item = { label: 'Open file' };"],
  ];
  for (const [what, source] of STRAYS)
    it(`forbid ${what} elsewhere`, () => assert.equal(straysIn('src/editor/x.ts', source).length, 1));

  it('allow messages of the log and of errors elsewhere', () => {
    const source = "log.warn(`it failed ${count} times`); throw new Error('this should not happen');";
    assert.deepEqual(straysIn('src/editor/x.ts', source), []);
  });
});

/**
 * Folders whose strings users may read; the others hand over data. The page's frame is HTML, the texts of
 * contributions and settings become the manifest's, and what is wrong with a setting goes to the log.
 */
const CHECKED =
  /^src\/(?:editor\/(?!webviews\/panelHtml|contributions|settings\/)|application\/(?:panel|exchange|ledger|models)|extension)/;
/** Product names, which are not translated. */
const NAMES: ReadonlySet<string> = new Set(['Neural Terminal', 'Roo Code']);

function straysIn(file: string, source: string): readonly string[] {
  const strays: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isLocalization(node)) strays.push(`${file}: l10n`);
    if (
      CHECKED.test(file) &&
      isText(node) &&
      hasTwoWords(textOf(node)) &&
      !isTechnical(node) &&
      !NAMES.has(textOf(node))
    )
      strays.push(`${file}: ${textOf(node)}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return strays;
}

/** `vscode.l10n`, except its bundle, which the page gets with its HTML. */
const isLocalization = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) && node.name.text === 'l10n' && !/\.bundle$/.test(node.parent.getText());

type Text = ts.StringLiteralLike | ts.TemplateExpression;
const isText = (node: ts.Node): node is Text => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

const textOf = (node: Text): string =>
  ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map((span) => `{}${span.literal.text}`)].join('')
    : node.text;

const hasTwoWords = (text: string): boolean => /\p{L}{2,} (?:\{\} )?\p{L}{2,}/u.test(text);

/** Part of a call of the log, or of an error that is thrown. */
function isTechnical(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isNewExpression(at) && /Error$/.test(at.expression.getText())) return true;
    if (ts.isCallExpression(at) && /\blog\.(?:info|warn|error)$/.test(at.expression.getText())) return true;
    if (ts.isImportDeclaration(at) || ts.isLiteralTypeNode(at)) return true;
  }
  return false;
}
