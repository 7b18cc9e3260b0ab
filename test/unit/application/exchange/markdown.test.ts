import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { inline, quoted } from '../../../../src/application/exchange/markdownText';
import { fenced } from '../../../../src/domain/text';
import { conversationId, messageId, modelId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { StoreEvent } from '../../../../src/domain/storeEvent';
import { documentWords } from '../../../support/words';
import { anyText } from '../../infrastructure/store/journal/anyEvents';
import { added, appended, attempted, created, ended, shell } from '../../infrastructure/store/storeEvents';
import { withStore } from './exchangeFixtures';

const at = (minute: number): number => Date.UTC(2026, 10, 20, 12, minute, 3);
const golden = (name: string): string => readFileSync(new URL(`golden/${name}.md`, import.meta.url), 'utf8');

const attachment = {
  id: 'a1',
  kind: 'selection',
  path: 'src/a_b.ts',
  startLine: 3,
  endLine: 9,
  languageId: 'typescript',
  text: 'const fence = "````";\n',
} as const;

/** A question with an attachment, two answers of which the second is shown, a cut one after it, and a fork. */
const HISTORY: readonly StoreEvent[] = [
  created('c1', {
    runNumber: 417,
    title: 'What is *this*?\n# A title that breaks out',
    systemPrompt: 'Be brief.\n```\nnot the end',
    atMs: at(0),
  }),
  { type: 'conversation.tagged', conversationId: conversationId('c1'), tags: ['work', 'a_b'], atMs: at(0) },
  added('c1', 'q1', {
    content: 'What does this do?\n\n# My own heading\n---\n```js\nconst open = "<b>";',
    attachments: [attachment],
    atMs: at(1),
  }),
  { ...shell('c1', 'r1', 'q1'), atMs: at(2) },
  appended('c1', 'r1', 0, 'First answer.', { atMs: at(2) }),
  ended('c1', 'r1', { cost: { costNanoUsd: nanoUsd(64_000), source: 'reported' }, atMs: at(2) }),
  { ...shell('c1', 'r2', 'q1'), atMs: at(3), continues: messageId('r1') },
  appended(
    'c1',
    'r2',
    0,
    '## 9 · You\n\nA comment: <!-- and a </details> and `<code>`.\n\n```html\n<!-- kept as it is -->\n```\n',
    { reasoning: 'Thinking…\n</details>\n```', atMs: at(3) },
  ),
  ended('c1', 'r2', {
    provider: 'Anthropic',
    cost: { costNanoUsd: nanoUsd(12_300_000), source: 'estimated' },
    atMs: at(3),
  }),
  added('c1', 'q2', { parentId: messageId('r2'), content: 'Go on', atMs: at(4) }),
  { ...shell('c1', 'r3', 'q2'), atMs: at(5), truncatedMessages: 2 },
  appended('c1', 'r3', 0, 'Half an ans', { atMs: at(5) }),
  ended('c1', 'r3', {
    state: 'failed',
    failure: { code: 'UPSTREAM', detail: 'the *upstream* <died>' },
    usage: null,
    cost: { costNanoUsd: null, source: 'pending' },
    atMs: at(6),
  }),
  attempted('c1', 'r3', {
    atMs: at(6),
    model: modelId('vendor/a_b'),
    failure: { code: 'OVERLOADED', detail: 'too *busy*' },
  }),
  attempted('c1', 'r3', { atMs: at(6), attempt: 2, failure: { code: 'NETWORK', detail: '' } }),
  created('f1', {
    runNumber: 418,
    title: 'A fork',
    model: modelId('other/model'),
    forkedFrom: { conversationId: conversationId('c1'), messageId: messageId('r2') },
    atMs: at(7),
  }),
  added('f1', 'fq', { parentId: messageId('r2'), content: 'In the fork', atMs: at(8) }),
];

describe('Markdown export', () => {
  for (const [id, file] of [
    ['c1', 'conversation'],
    ['f1', 'fork'],
  ] as const) {
    it(`reads like ${file}.md`, async () => {
      await withStore(HISTORY, async ({ exchange }) =>
        assert.equal(await exchange.exportMarkdown(conversationId(id), documentWords), golden(file)),
      );
    });
  }

  it('keeps its headings to itself, whatever the messages say', async () => {
    const nasty = fc
      .array(
        fc.oneof(
          anyText,
          fc.constantFrom(
            '# h',
            '\n',
            '```',
            '~~~~',
            '<!--',
            '</details>',
            '---',
            '===',
            '    code',
            '- ',
            '> ',
            '`',
            '<b',
            '[a]: /b',
            '|',
            '\r',
          ),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (title, content, reasoning) => {
        const events = [
          created('c1', { title }),
          added('c1', 'q', { content, attachments: [{ ...attachment, path: title, text: content }] }),
          shell('c1', 'r', 'q'),
          appended('c1', 'r', 0, content, { reasoning }),
          ended('c1', 'r'),
        ];
        await withStore(events, async ({ exchange }) => {
          const markdown = new MarkdownIt({ html: true });
          const tokens = markdown.parse(await exchange.exportMarkdown(conversationId('c1'), documentWords), {});
          const outer = tokens.filter((t) => t.level === 0);
          assert.equal(outer.filter((t) => t.type === 'heading_open' && t.tag === 'h1').length, 1);
          assert.equal(outer.filter((t) => t.type === 'heading_open' && t.tag === 'h2').length, 2);
          assert.ok(!tokens.some((t) => t.type === 'html_block' && t.level > 0), 'no tag of a message is taken');
          assert.ok(tokens.filter((t) => t.type === 'html_block').every((t) => /^<\/?details>/.test(t.content)));
        });
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  const CASES = [
    [fenced('a'), '```\na\n```'],
    [fenced('a\n````\n', 'x y`'), '`````xy\na\n````\n`````'],
    [inline('a_b\n# <c>'), 'a\\_b \\# \\<c\\>'],
    [quoted('a\r\n\r\nb\n\n'), '> a\n>\n> b'],
    [quoted('```\n<b>\n```\n<b> `<i>` ``<`u``'), '> ```\n> <b>\n> ```\n> \\<b> `<i>` ``<`u``'],
    [quoted('```\n<b>'), '> ```\n> \\<b>'],
    [quoted('- ```\n  <a>\n  ```\n<!--'), '> - ```\n>   \\<a>\n>   ```\n> \\<!--'],
    [quoted('1 < 2 && a<b'), '> 1 < 2 && a\\<b'],
  ] as const;
  for (const [said, expected] of CASES) it(`writes ${JSON.stringify(expected)}`, () => assert.equal(said, expected));
});
