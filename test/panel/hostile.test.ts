import assert from 'node:assert/strict';
import type { EntryView } from '../../src/protocol/views';
import { BeaconServer } from './panelServer';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { live, panelView, question, reply, selection, streamingReply } from './viewFixtures';

/** Text that a hostile model or file may contain. `B` is an address that must never be requested. */
const corpus: readonly string[] = [
  '![x](B/image.png)',
  '![x](B/image.png "t")',
  '![x][r]\n\n[r]: B/reference.png',
  '[![x](B/inner.png)](B/outer)',
  '![x](<B/angle.png>)',
  '![x](//BH/scheme-relative.png)',
  '[a](B/link)',
  '<B/auto>',
  'B/bare',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](java\tscript:alert(1))',
  '[a](&#x6A;avascript:alert(1))',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](vbscript:x)',
  '[a](command:workbench.action.terminal.new)',
  '[a](vscode://x/y)',
  '[a](file:///etc/passwd)',
  '<img src="B/raw.png">',
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '<script src="B/s.js"></script>',
  '<svg onload="window.pwned=1"><image href="B/svg.png"/></svg>',
  '<svg><style>@import "B/i.css";</style></svg>',
  '<style>body{background:url(B/bg.png)}</style>',
  '<div style="background:url(B/inline.png)">x</div>',
  '<link rel="stylesheet" href="B/l.css">',
  '<link rel="prefetch" href="B/p">',
  '<link rel="dns-prefetch" href="B">',
  '<meta http-equiv="refresh" content="0;url=B/meta">',
  '<iframe src="B/frame"></iframe>',
  '<iframe srcdoc="<img src=B/srcdoc.png>"></iframe>',
  '<object data="B/o"></object>',
  '<embed src="B/e">',
  '<video src="B/v" poster="B/poster"></video>',
  '<audio src="B/a"></audio>',
  '<source srcset="B/set">',
  '<picture><source srcset="B/pic"><img></picture>',
  '<form action="B/form"><input name=a><button>go</button></form>',
  '<base href="B/">',
  '<a href="B/ping" ping="B/ping2">x</a>',
  '<input type="image" src="B/input.png">',
  '<table background="B/table.png"><td>x</td></table>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=1&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=window.pwned=1>">',
  '<details open ontoggle="window.pwned=1">x</details>',
  '```"><img src=B/info.png onerror=window.pwned=1>\ncode\n```',
  '```html\n<img src="B/code.png" onerror="window.pwned=1"><script>window.pwned=1</script>\n```',
  '~~~css\n@import url("B/code.css");\n~~~',
  '`<img src=B/inline-code.png>`',
  '| <img src=B/cell.png> | ![y](B/cell2.png) |\n|--|--|\n| <script>window.pwned=1</script> | [z](B/cell-link) |',
  '> ![q](B/quote.png)\n> <img src=B/quote2.png>',
  '- ![l](B/list.png)\n  <img src=B/list2.png>',
  '# ![h](B/heading.png)',
  '**![b](B/bold.png)**',
  '[x](B/a"onmouseover="window.pwned=1)',
  "[x](B/a'onmouseover='window.pwned=1)",
  '[x](<B/a b>"onclick=window.pwned=1)',
  '&lt;img src=B/entity.png&gt;',
  '<!--><img src=B/comment.png>-->',
  '\\<img src=B/escaped.png>',
  '<IMG SRC="B/upper.png">',
  '<img\nsrc="B/newline.png">',
  '<image src="B/image-tag.png">',
  '$$\\href{B/tex}{x}$$',
  '```mermaid\ngraph TD; A[<img src="B/mermaid.png">]\n```',
  '[x]: B/only-definition "t"',
  '![a](B/%0d%0a.png)',
  '![](B/empty-alt.png)![](B/second.png)',
  'https://user:pass@BH/userinfo',
  '<https://BH/angle?q=<img>>',
  '<template><img src=B/template.png></template>',
  '<xss id=x tabindex=1 onfocus=window.pwned=1></xss>',
  '<a id="nt-app">clobber</a><form name="body"><input name="attributes"></form>',
  '\u202e![x](B/bidi.png)\u202c',
  '<img src="B/nul\0.png">',
  `${'>'.repeat(300)} ![deep](B/deep.png)`,
  `${'['.repeat(500)}![x](B/brackets.png)`,
];

const FORBIDDEN_ELEMENTS =
  'script, style, link, iframe, object, embed, img, image, video, audio, source, form, input:not(#control), base, meta, svg [href], template, [onerror], [onclick], [onload], [onmouseover], [onfocus], [style], [src], [srcset], [href], [ping], [background], [id]:not(#control)';

describe('hostile text', () => {
  const panels = usePanels();
  let beacon: BeaconServer;

  before(async () => {
    beacon = await BeaconServer.start();
  });

  after(async () => beacon.stop());

  const armed = (): string[] =>
    corpus.map((text) => text.replaceAll('BH', new URL(beacon.origin).host).replace(/\bB(?=[/\s">])/g, beacon.origin));

  async function assertHarmless(panel: PanelPage): Promise<void> {
    await panel.page.waitForTimeout(300);
    assert.deepEqual(beacon.requests, []);
    assert.equal(await panel.page.evaluate('window.pwned'), undefined);
    const found: string[] = await panel.page
      .locator('nt-entry')
      .locator(`:is(.text, .question, pre) :is(${FORBIDDEN_ELEMENTS})`)
      .evaluateAll((all: { outerHTML: string }[]) => all.map((one) => one.outerHTML.slice(0, 120)));
    assert.deepEqual(found, []);
    assert.deepEqual(await panel.violations(), []);
    assert.equal(panel.page.context().pages().length, 1);
  }

  it('reaches the beacon when anything loads, which shows that the check works', async () => {
    const page = await panels.browser.newPage();
    await page.setContent(`<img src="${beacon.origin}/control.png">`);
    await page.waitForTimeout(300);
    assert.ok(beacon.requests.some((request) => request.includes('control')));
    await page.close();
    beacon.requests.length = 0;
  });

  it('loads and runs nothing as a snapshot', async () => {
    const panel = await panels.open();
    const entries = armed().flatMap((text, index): EntryView[] => [
      question(text, {
        id: `q-${index}`,
        attachments: [{ ...selection, id: `a-${index}`, text, label: text.slice(0, 80) }],
      }),
      reply(text, { id: `r-${index}`, reasoning: text }),
    ]);
    for (let start = 0; start < entries.length; start += 20) {
      await panel.show(
        panelView({
          conversation: { entries: entries.slice(start, start + 20), title: entries[start]?.content ?? '' },
        }),
      );
      await assertHarmless(panel);
    }
  });

  it('loads and runs nothing while it streams in small pieces', async function () {
    this.timeout(120_000);
    const panel = await panels.open();
    const text = armed().join('\n\n');
    await panel.show(panelView({ live: live(), conversation: { entries: [streamingReply('')] } }));
    for (let offset = 0; offset < text.length; offset += 9) {
      await panel.patch({
        type: 'text',
        entryId: 'r-stream',
        contentOffset: offset,
        content: text.slice(offset, offset + 9),
        reasoningOffset: 0,
        reasoning: '',
        costText: '',
      });
      if (offset % 90 === 0) await panel.settle();
    }
    await panel.settle();
    await assertHarmless(panel);
  });

  it('goes nowhere when every link is hovered and clicked', async () => {
    const panel = await panels.open();
    await panel.show(panelView({ conversation: { entries: [reply(armed().slice(0, 12).join('\n\n'))] } }));
    for (const link of await panel.page.getByRole('link').all()) {
      await link.hover();
      await link.click();
    }
    await assertHarmless(panel);
    const hrefs = (await panel.postedOf('openLink')).map((message) => message.href);
    assert.ok(hrefs.length > 2);
    for (const href of hrefs) assert.match(href, /^https?:\/\//);
  });
});
