import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SearchTerm } from '../../../../../src/domain/search';
import { excerptOf } from '../../../../../src/infrastructure/store/search/excerpt';
import { patternsOf } from '../../../../../src/infrastructure/store/search/terms';
import { composed } from '../../../../../src/infrastructure/store/search/words';
import { anyText } from '../journal/anyEvents';
import { phrase, prefix, word } from './searchFixtures';

/** Hits in brackets, parts joined: for reading only. */
const shown = (content: string, terms: readonly SearchTerm[], reasoning = ''): string =>
  excerptOf(content, reasoning, patternsOf(terms))
    .map((part, i) => (i % 2 === 1 ? `[${part}]` : part))
    .join('');

const filler = (count: number): string => 'lorem ipsum dolor '.repeat(count);

const EXCERPTS: readonly (readonly [name: string, content: string, terms: readonly SearchTerm[], expected: string])[] =
  [
    ['the whole of a short text', 'One parser here.', [word('parser')], 'One [parser] here.'],
    ['every occurrence', 'x y X-x', [word('x')], '[x] y [X]-[x]'],
    ['white space collapsed', '  a\n\n\tb \u3000 c  ', [word('b')], 'a [b] c'],
    ['the beginning without terms', 'Plain   text', [], 'Plain text'],
    ['nothing of nothing', '', [word('x')], ''],
    ['a phrase as one hit', 'a out\n of   memory b of', [phrase('out of memory')], 'a [out of memory] b of'],
    ['a whole word for its prefix', 'the parsers', [prefix('par')], 'the [parsers]'],
    [
      'accents as they were written',
      'Ein U\u0308bermut naïve',
      [word('übermut'), word('naive')],
      'Ein [Übermut] [naïve]',
    ],
    ['a part of an identifier', 'call parseTree()', [word('tree')], 'call parse[Tree]()'],
    ['the longer of two hits that begin alike', 'parse tree', [word('parse'), phrase('parse tree')], '[parse tree]'],
    ['characters of a script without spaces', '吾輩は猫である', [word('猫で')], '吾輩は[猫で]ある'],
    ['brackets and dots of the text itself', '[x] … x', [word('x')], '[[x]] … [x]'],
    [
      'the passage in the middle',
      `${filler(20)}needle ${filler(20)}`,
      [word('needle')],
      '… ipsum dolor lorem ipsum dolor lorem ipsum dolor [needle] lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum …',
    ],
    [
      'the passage with most of the terms',
      `one ${filler(20)} two ${filler(20)} one two`,
      [word('one'), word('two')],
      '… dolor lorem ipsum dolor lorem ipsum dolor [one] [two]',
    ],
    [
      'the first of equal passages',
      `a ${filler(20)} x1 first ${filler(20)} x1 second`,
      [word('x1')],
      '… dolor lorem ipsum dolor lorem ipsum dolor [x1] first lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor …',
    ],
    [
      'the first of two that each have one of the terms',
      `one ${filler(20)} two`,
      [word('one'), word('two')],
      '[one] lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum …',
    ],
    [
      'the same of two that stand far apart',
      `one ${filler(8000)} two`,
      [word('one'), word('two')],
      '[one] lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum dolor lorem ipsum …',
    ],
    [
      'a hit far behind',
      `${filler(8000)}needle`,
      [word('needle')],
      '… ipsum dolor lorem ipsum dolor lorem ipsum dolor [needle]',
    ],
  ];

describe('excerptOf', () => {
  for (const [name, content, terms, expected] of EXCERPTS)
    it(`shows ${name}`, () => assert.equal(shown(content, terms), expected));

  it('shows the reasoning if it contains more of the terms', () => {
    assert.equal(shown('answer', [word('why')], 'because why'), 'because [why]');
    assert.equal(shown('why answer', [word('why')], 'because why'), '[why] answer');
    assert.equal(shown('why', [word('why'), word('because')], 'because why'), '[because] [why]');
    assert.equal(shown('why', [word('why'), word('because')], 'because'), '[why]');
  });

  it('cuts a text without spaces', () => {
    const excerpt = excerptOf(`${'a'.repeat(5000)} b`, '', patternsOf([prefix('aaa')]));
    assert.deepEqual(excerpt, ['', 'a'.repeat(160), ' …']);
    assert.deepEqual(excerptOf(`ab ${'𝐀'.repeat(300)}`, '', patternsOf([prefix('aaa')])), [
      'ab ',
      '𝐀'.repeat(78),
      ' …',
    ]);
  });

  it('is a short, well-formed part of any text', () => {
    const anyTerm = anyText.map((text) => [phrase(text.slice(0, 6)), prefix(text.slice(-3))]);
    const anyLong = fc
      .array(
        fc.oneof(
          anyText,
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom(' ', '🧪'.repeat(99), '漢字'.repeat(90), '\n'),
        ),
        { maxLength: 40 },
      )
      .map((all) => all.join(''));
    fc.assert(
      fc.property(anyLong, anyLong, anyTerm, (content, reasoning, terms) => {
        const parts = excerptOf(content.toWellFormed(), reasoning.toWellFormed(), patternsOf(terms));
        const text = parts.join('');
        assert.ok(text.length <= 200, String(text.length));
        assert.ok(
          parts.every((part, i) => (part !== '' || (i % 2 === 0 && i < parts.length - 1)) && part.isWellFormed()),
        );
        assert.doesNotMatch(text, /[^\S ]|^ [^…]| {3}/u);
        const collapsed = [content, reasoning].map((whole) => composed(whole.toWellFormed()).replace(/\s+/gu, ' '));
        const own = text.replace(/^… /u, '').replace(/ …$/u, '');
        assert.ok(
          collapsed.some((whole) => whole.includes(own) || whole.includes(text)),
          JSON.stringify([own]),
        );
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });
});
