import assert from 'node:assert/strict';
import { ReplyAnnouncer } from '../../webview/app/replyAnnouncer';
import { firstTokenFigures } from '../../webview/telemetry/firstTokenFigures';
import {
  formatCount,
  formatDuration,
  formatElapsed,
  formatPercent,
  formatRate,
  formatTokens,
} from '../../webview/shared/format';
import { hasHidden, revealHidden } from '../../webview/shared/hiddenCharacters';
import { createParser } from '../../webview/markdown/parser';
import { notice, reply, streamingReply } from './viewFixtures';

describe('spoken reply', () => {
  const text =
    'First **sentence**. Second one with `code`!\n\n- a [link](https://x.example)\n- b\n\n```ts\nlet a = 1. + 2;\n```\nThe end';

  function spokenInPieces(size: number): string[] {
    const announcer = new ReplyAnnouncer();
    const spoken: string[] = [];
    for (let end = size; end < text.length; end += size)
      spoken.push(...announcer.next(streamingReply(text.slice(0, end))));
    return [...spoken, ...announcer.next(streamingReply(text, { state: 'complete', costText: '$0.01' }))];
  }

  it('is split by sentence, names code instead of reading it, and ends with the cost', () => {
    assert.deepEqual(spokenInPieces(7), [
      'First sentence .',
      'Second one with code !',
      'a link b',
      'Code block, ts.',
      'The end',
      'Reply complete: $0.01.',
    ]);
  });

  it('is the same however the text arrives', () => {
    for (let size = 1; size <= text.length; size++)
      assert.equal(spokenInPieces(size).join('|'), spokenInPieces(7).join('|'));
  });

  it('says how a reply failed, once', () => {
    const announcer = new ReplyAnnouncer();
    const failed = reply('Half', {
      state: 'interrupted',
      costText: 'cost pending',
      failure: notice({ title: 'The connection was cut.' }),
    });
    assert.deepEqual(announcer.next(failed), ['Half', 'The connection was cut. Reply interrupted: cost pending.']);
    assert.deepEqual(announcer.next(failed), []);
  });
});

describe('hidden characters', () => {
  const marked: readonly [string, string][] = [
    ['a\u202eb', 'a<U+202E>b'],
    ['\u202ea\u202c', '<U+202E>a<U+202C>'],
    ['a\u200bb\u00adc', 'a<U+200B>b<U+00AD>c'],
    ['\u001b[31m', '<U+001B>[31m'],
    ['x\u{e0041}\u{e0042}', 'x<U+E0041><U+E0042>'],
    ['a\u200db', 'a<U+200D>b'],
    ['a\u2028b\ufeff', 'a<U+2028>b<U+FEFF>'],
    ['👩\u200d💻 🏳️\u200d🌈', '👩\u200d💻 🏳️\u200d🌈'],
    ['می\u200cخواهم क्\u200dष', 'می\u200cخواهم क्\u200dष'],
    ['plain\ttext\nwith é 漢 ﷽', 'plain\ttext\nwith é 漢 ﷽'],
  ];
  for (const [text, wanted] of marked) {
    it(`are marked in ${JSON.stringify(text)}`, () => {
      const shown = revealHidden(text)
        .map((piece) => (piece.kind === 'text' ? piece.text : `<${piece.label}>`))
        .join('');
      assert.equal(shown, wanted);
      const original = revealHidden(text)
        .map((piece) => (piece.kind === 'text' ? piece.text : piece.character))
        .join('');
      assert.equal(original, text);
      if (wanted !== text) assert.ok(hasHidden(text));
    });
  }

  it('are found again and again', () => {
    assert.ok(hasHidden('\u202e') && hasHidden('\u202e') && !hasHidden('a'));
  });
});

describe('links and images of a reply', () => {
  const parser = createParser();
  const texts: readonly [string, string][] = [
    ['[a](command:x)', '<p>[a](command:x)</p>\n'],
    ['[a](javascript:x)', '<p>[a](javascript:x)</p>\n'],
    ['[a](vscode://x)', '<p>[a](vscode://x)</p>\n'],
    ['[a](//x.example)', '<p>[a](//x.example)</p>\n'],
    ['[a](data:text/html,x)', '<p>[a](data:text/html,x)</p>\n'],
    ['see README.md and main.py', '<p>see README.md and main.py</p>\n'],
    ['![x](https://e.example/a.png)', '<p>[image: e.example] x</p>\n'],
    ['![](https://e.example:8080/a.png?q)', '<p>[image: e.example:8080]</p>\n'],
    ['https://gіthub.com/x', '<p><a href="https://xn--gthub-n2e.com/x">https://xn--gthub-n2e.com/x</a></p>\n'],
  ];
  for (const [text, html] of texts) {
    it(JSON.stringify(text), () => assert.equal(parser.render(text), html));
  }
});

describe('figures', () => {
  const rows: readonly [string, string][] = [
    [formatDuration(412), '412ms'],
    [formatDuration(1240), '1.24s'],
    [formatDuration(9999), '10.0s'],
    [formatDuration(59_990), '1m 00s'],
    [formatDuration(185_000), '3m 05s'],
    [formatElapsed(9949), '9.9s'],
    [formatElapsed(34_900), '34s'],
    [formatElapsed(61_000), '1m 01s'],
    [formatRate(84.4), '84'],
    [formatRate(8.44), '8.4'],
    [formatRate(0), '0'],
    [formatPercent(0.0628), '6.3%'],
    [formatPercent(0.37), '37%'],
    [formatPercent(0), '0%'],
    [formatPercent(1.2), '120%'],
    [formatCount(1033), '1,033'],
    [formatTokens(200_000), '200K'],
    [formatTokens(1_048_576), '1.05M'],
    [formatTokens(1_000_000), '1M'],
    [formatTokens(512), '512'],
  ];
  for (const [shown, wanted] of rows) it(wanted, () => assert.equal(shown, wanted));

  it('first token: last, median and tail', () => {
    assert.equal(firstTokenFigures([]), null);
    assert.deepEqual(firstTokenFigures([100, 300, 200, 700]), {
      lastMs: 700,
      p50Ms: 200,
      p95Ms: 700,
      count: 4,
      bins: [1, 1, 1, 0, 0, 1],
    });
  });
});
