/** The theme that the page starts in, before the first snapshot names one. */
export type InitialTheme = 'auto' | 'phosphor' | 'thermal' | 'contrast' | 'editor';

export interface PanelHtmlOptions {
  /** The custom element that is all of the page's body. */
  readonly root: 'nt-app' | 'nt-ledger';
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for every page: letters, digits, `+`, `/`, `=`, `-` and `_` only. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** Folder of the fonts, without a slash at its end. Given, the two that the first paint needs are preloaded. */
  readonly fontBaseUri?: string;
  readonly theme?: InitialTheme;
}

/** Hash of the empty string: the toolkit inserts one empty `<style>` element. */
const EMPTY_STYLE_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

const FIRST_PAINT_FONTS = ['jetbrains-mono-400.woff2', 'space-grotesk-500.woff2'];

/**
 * The panel's content security policy. Nothing loads from anywhere but the extension's own folder, nothing connects.
 * `form-action` and `base-uri` are named because they do not inherit `default-src`.
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

/** The whole page of a panel or of the ledger. Everything it shows comes later, by messages. */
export function panelHtml(options: PanelHtmlOptions): string {
  if (!/^[\w+/=-]+$/.test(options.nonce)) throw new Error('a nonce must be base64');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(panelCsp(options.cspSource, options.nonce))}">
<meta charset="utf-8">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Neural Terminal</title>
${fontPreloads(options.fontBaseUri)}<link rel="stylesheet" href="${escapeAttribute(options.styleUri)}">
<script type="module" nonce="${options.nonce}" src="${escapeAttribute(options.scriptUri)}"></script>
</head>
<body data-theme-setting="${options.theme ?? 'auto'}">
<${options.root}></${options.root}>
</body>
</html>
`;
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
