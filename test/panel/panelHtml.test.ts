import assert from 'node:assert/strict';
import { panelCsp, panelHtml } from '../../src/editor/webviews/panelHtml';

const options = {
  root: 'nt-app' as const,
  language: 'en',
  cspSource: 'https://file+.vscode-resource.vscode-cdn.net',
  nonce: 'AbC123',
  scriptUri: 'https://x/panel.js?a=1&b="2"',
  styleUri: 'https://x/page.css',
};

describe('panel page', () => {
  it('has a policy that loads only what the extension ships', () => {
    assert.deepEqual(panelCsp('S', 'N').split('; '), [
      "default-src 'none'",
      "script-src 'nonce-N'",
      "style-src S 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
      'font-src S',
      'img-src data:',
      "connect-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ]);
  });

  it('has the policy as the first element of the head', () => {
    assert.match(
      panelHtml(options),
      /<head>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'none';/,
    );
  });

  it('turns name prefetching off and has no inline script or style', () => {
    const html = panelHtml(options);
    assert.match(html, /x-dns-prefetch-control" content="off"/);
    assert.doesNotMatch(html, /<style|<script(?![^>]* src=)| style=| on\w+=/);
  });

  it('names its language and holds the translations as data', () => {
    const translations = { 'Set {0}': '</script><b>\u2028\u2029"', Stop: 'Arrêter' };
    const html = panelHtml({ ...options, language: 'fr', translations });
    assert.match(html, /<html lang="fr">/);
    const block = /<script type="application\/json" id="l10n">([^<\u2028\u2029]*)<\/script>/.exec(html)?.[1] ?? '';
    assert.deepEqual(JSON.parse(block), translations);
    assert.equal(html.match(/<script/g)?.length, 2);
  });

  it('has the root element of its page and nothing else', () => {
    assert.match(panelHtml(options), /<body[^>]*>\s*<nt-app><\/nt-app>\s*<\/body>/);
    assert.match(panelHtml({ ...options, root: 'nt-ledger' }), /<body[^>]*>\s*<nt-ledger><\/nt-ledger>\s*<\/body>/);
  });

  it('escapes what it is given', () => {
    assert.match(panelHtml(options), /src="https:\/\/x\/panel\.js\?a=1&amp;b=&quot;2&quot;"/);
  });

  it('refuses a nonce that could end the policy', () => {
    assert.throws(() => panelHtml({ ...options, nonce: "x' https://evil.example" }), /nonce/);
  });

  it('preloads fonts only from the folder it is given', () => {
    assert.doesNotMatch(panelHtml(options), /preload/);
    assert.match(
      panelHtml({ ...options, fontBaseUri: 'https://x/fonts' }),
      /href="https:\/\/x\/fonts\/jetbrains-mono-400\.woff2"/,
    );
  });
});
