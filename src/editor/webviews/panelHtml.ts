/** The theme that the page starts with; the first snapshot names the theme to use. */
export type InitialTheme = 'auto' | 'phosphor' | 'thermal' | 'contrast' | 'editor';

export interface PanelHtmlOptions {
  /** BCP 47 tag of the page's language. */
  readonly language: string;
  /** Translations by English text, as `vscode.l10n.bundle` gives them; undefined: English. */
  readonly translations?: Readonly<Record<string, string>> | undefined;
  /** The custom element that fills the page's body. */
  readonly root: 'nt-app' | 'nt-ledger';
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** New for every page: letters, digits, `+`, `/`, `=`, `-` and `_` only. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** Folder of the fonts, without a trailing slash. If given, the two fonts of the first paint are preloaded. */
  readonly fontBaseUri?: string;
  readonly theme?: InitialTheme;
}

/** Hash of the empty string. The toolkit inserts one empty `<style>` element. */
const EMPTY_STYLE_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

const FIRST_PAINT_FONTS = ['jetbrains-mono-400.woff2', 'space-grotesk-500.woff2'];

/**
 * The pages' content security policy: resources come only from the extension's own folder, and nothing connects.
 * `form-action` and `base-uri` are listed because they don't fall back to `default-src`.
 */
export function panelCsp(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} ${EMPTY_STYLE_HASH}`,
    `font-src ${cspSource}`,
    'img-src data:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** The page of a panel or of the ledger. Its content arrives later, in messages. */
export function panelHtml(options: PanelHtmlOptions): string {
  if (!/^[\w+/=-]+$/.test(options.nonce)) throw new Error('The nonce must be base64.');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(options.language)}">
<head>
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(panelCsp(options.cspSource, options.nonce))}">
<meta charset="utf-8">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Neural Terminal</title>
${fontPreloads(options.fontBaseUri)}<link rel="stylesheet" href="${escapeAttribute(options.styleUri)}">
<script type="module" nonce="${options.nonce}" src="${escapeAttribute(options.scriptUri)}"></script>
${translationsBlock(options.translations)}</head>
<body data-theme-setting="${options.theme ?? 'auto'}">
<${options.root}></${options.root}>
</body>
</html>
`;
}

/**
 * Data for the page's script. Browsers don't run scripts of this type, so the policy does not apply to it. `<` is
 * escaped because the text `</script` would end the block.
 */
function translationsBlock(translations: PanelHtmlOptions['translations']): string {
  if (translations === undefined) return '';
  const json = JSON.stringify(translations)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<script type="application/json" id="l10n">${json}</script>\n`;
}

function fontPreloads(fontBaseUri: string | undefined): string {
  if (fontBaseUri === undefined) return '';
  return FIRST_PAINT_FONTS.map(
    (name) =>
      `<link rel="preload" as="font" type="font/woff2" crossorigin href="${escapeAttribute(`${fontBaseUri}/${name}`)}">\n`,
  ).join('');
}

function escapeAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
