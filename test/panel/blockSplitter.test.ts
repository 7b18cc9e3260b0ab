import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BlockSplitter } from '../../webview/markdown/blockSplitter';
import { createParser } from '../../webview/markdown/parser';
import { markdownSamples } from './markdownSamples';

const parser = createParser();

function streamed(pieces: readonly string[]): string {
  const splitter = new BlockSplitter();
  const blocks: string[] = [];
  for (const piece of pieces) {
    splitter.append(piece);
    blocks.push(...splitter.step().finished);
  }
  const last = splitter.finish();
  blocks.push(...last.finished);
  for (const { index, html } of last.corrections) blocks[index] = html;
  return blocks.join('');
}

/** The parser's result for the whole text without trailing blank lines. */
function whole(text: string): string {
  return parser.render(text);
}

describe('block splitter', () => {
  for (const [name, text] of Object.entries(markdownSamples)) {
    it(`gives the whole text's HTML at every cut: ${name}`, () => {
      const wanted = whole(text);
      for (let cut = 0; cut <= text.length; cut++)
        assert.equal(streamed([text.slice(0, cut), text.slice(cut)]), wanted, `cut at ${cut}`);
    });

    it(`gives the whole text's HTML character by character: ${name}`, () => {
      assert.equal(streamed(text.split('')), whole(text));
    });
  }

  it('gives the whole text’s HTML for any text of Markdown pieces in any cuts', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '> ',
      '#',
      '# ',
      '```',
      '```js\n',
      '~~~',
      '    ',
      '\t',
      '|',
      '|-|-|\n',
      '| a | b |\n',
      '[x]',
      '[x]: https://e.example\n',
      '[x]:',
      '[y]: <https://y.example>',
      "'",
      '(t)',
      '*',
      '**',
      '`',
      '---',
      '===',
      '\r',
      '\\',
      '<b>',
      ':',
      '"t"',
      '  ',
    );
    const chunks = fc.array(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(chunks, (pieces) => assert.equal(streamed(pieces), whole(pieces.join('')))),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 3000) },
    );
  });

  it('renders each finished block once', () => {
    const splitter = new BlockSplitter();
    let finished = 0;
    for (let index = 0; index < 200; index++) {
      splitter.append(`Paragraph ${index}.\n\n`);
      finished += splitter.step().finished.length;
    }
    assert.equal(finished, 199);
  });

  it('describes an open fence with its language and holds back what may close it', () => {
    const splitter = new BlockSplitter();
    splitter.append('```ts title="x"\nlet a;\n``');
    assert.deepEqual(splitter.step().openFence, { language: 'ts', code: 'let a;\n', partialLine: '' });
    splitter.append('x');
    assert.deepEqual(splitter.step().openFence, { language: 'ts', code: 'let a;\n', partialLine: '``x' });
  });
});
