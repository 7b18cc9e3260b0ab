import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { hostileHtml } from './hostileHtml';
import { longReply, markdownSamples } from './markdownSamples';
import { launchBrowser } from './panelPage';
import { bundlePageScript, PanelServer } from './panelServer';

/** The pipeline alone, in a page with the panel's policy. */
describe('streamed Markdown', () => {
  let server: PanelServer;
  let browser: Browser;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    server = await PanelServer.start();
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.addInitScript(await bundlePageScript('test/panel/page/markdownHarness.ts'));
    await page.addInitScript(
      "window.violations = []; document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));",
    );
    await page.goto(`${server.origin}/blank`);
  });

  afterEach(async () => {
    assert.deepEqual(await page.evaluate('window.violations.splice(0)'), []);
  });

  after(async () => {
    await browser.close();
    await server.stop();
  });

  const call = <T>(method: string, ...values: unknown[]): Promise<T> =>
    page.evaluate(`window.markdownHarness.${method}(...${JSON.stringify(values)})`);

  for (const [name, text] of Object.entries(markdownSamples)) {
    it(`ends with the nodes of the whole text, cut anywhere: ${name}`, async () => {
      assert.deepEqual(await call('compareEveryCut', text), { differing: 0, first: null });
    });
  }

  it('ends with the nodes of the whole text, character by character', async () => {
    const text = longReply(2500);
    assert.equal(await call('stream', text.split('')), await call('oneShot', text));
  });

  it('never changes a block other than the last', async () => {
    assert.equal(await call('identityLosses', longReply(6000), 7), 0);
  });

  it('marks hidden characters in text and code, and keeps them in the text', async () => {
    const html: string = await call('oneShot', 'a\u202eb\n\n```js\n"\u200b"\n```');
    assert.match(html, /<p>a<span class="hidden-mark" data-code-point="U\+202E"><span>\u202e<\/span><\/span>b<\/p>/);
    assert.match(html, /data-code-point="U\+200B"/);
  });

  it('highlights code of a known language; long or unknown code stays plain', async () => {
    assert.match(await call('highlight', 'const a = "b";', 'ts'), /hljs-keyword/);
    assert.equal(await call('highlight', 'const a', 'no-such-language'), 'const a');
    assert.doesNotMatch(await call('highlight', `const a = "${'b'.repeat(2100)}";`, 'ts'), /hljs/);
  });

  it('gives tables, code and links their boxes and names', async () => {
    const html: string = await call('oneShot', '| a |\n|:-:|\n| 1 |\n\n```ts\nx\n```\n\n[l](https://e.example)');
    assert.match(html, /<div class="table-box" tabindex="0" role="group" aria-label="Table"><table>/);
    assert.match(html, /<td data-align="center">1<\/td>/);
    for (const name of ['Copy code', 'Insert at cursor', 'Open in new file'])
      assert.ok(html.includes(`aria-label="${name}"`), name);
    assert.match(
      html,
      /<a data-href="https:\/\/e\.example" title="https:\/\/e\.example\/" role="link" tabindex="0">l<\/a>/,
    );
  });

  it('has a sanitiser that does not rely on the parser', async () => {
    const vectors = hostileHtml.join('');
    // The policy reports content of the sanitiser's inert document before it is sanitised.
    const { tags, attributes } = await call<{ tags: string[]; attributes: string[] }>('sanitize', vectors);
    const allowed = new Set(
      'a blockquote br code em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul span'.split(' '),
    );
    assert.deepEqual(
      tags.filter((tag) => !allowed.has(tag)),
      [],
    );
    assert.deepEqual(
      attributes.filter((attribute) => !/^(href=https?:\/\/|start=|class=|data-language=|data-align=)/.test(attribute)),
      [],
    );
    assert.ok(attributes.includes('href=https://ok.example'));
    await page.evaluate('window.violations.splice(0)');
  });

  const shapes: Readonly<Record<string, (characters: number) => string>> = {
    'a reply of many blocks': longReply,
    'one code block': (characters) =>
      `\`\`\`ts\n${'const value = compute(1, "two", /three/); // and a comment\n'.repeat(characters / 59)}`,
  };
  for (const [name, make] of Object.entries(shapes)) {
    it(`does at most 2.2 times the work for twice the text: ${name}`, async () => {
      const once = await call<number>('work', make(10_000), 16);
      const twice = await call<number>('work', make(20_000), 16);
      assert.ok(once >= 10_000, `${once} characters of work for 10,000 of text`);
      assert.ok(twice <= 2.2 * once, `${twice} characters of work for twice the text of ${once}`);
    });
  }
});
