import assert from 'node:assert/strict';
import fc from 'fast-check';
import { composed, wordsOf } from '../../../../../src/infrastructure/store/search/words';
import { anyText } from '../journal/anyEvents';

const words = (text: string): string =>
  wordsOf(composed(text))
    .words.map((word) => word.text)
    .join(' ');
const parts = (text: string): string =>
  wordsOf(composed(text))
    .parts.map((word) => word.text)
    .join(' ');

const WORDS: readonly (readonly [text: string, expected: string])[] = [
  ['', ''],
  ['  .,;-> != ', ''],
  ['Hello, World!', 'hello world'],
  ['foo_bar.baz()', 'foo bar baz'],
  ['src/a-b/c.test.ts:12', 'src a b c test ts 12'],
  ["don't 3.14 gpt4 x²", 'don t 3 14 gpt4 x2'],
  ['Straße STRASSE ﬁne ＡＢＣ', 'strasse strasse fine abc'],
  ['Ünïcode e\u0301te\u0301 İstanbul ΟΔΟΣ οδος', 'unicode ete istanbul οδοσ οδοσ'],
  ['Ёлка ёлка', 'елка елка'],
  ['مُحَمَّد محمد', 'محمد محمد'],
  ['हिन्दी में', 'हिन्दी में'],
  ['日本語のテスト、です。', '日 本 語 の テ ス ト で す'],
  ['ガ か\u3099 ｶﾞ か', 'ガ が ガ か'],
  ['한국어 \u1112\u1161\u11ab', '한 국 어 한'],
  ['สวัสดี', 'ส ว ั ส ด ี'],
  ['abc中文def', 'abc 中 文 def'],
  ['\u{20000}𝐀𝐁 𝟙', '\u{20000} ab 1'],
  ['🧪❤️👩‍🔬 ok', '🧪 ❤ 👩 🔬 ok'],
  ['a\ud800b\0c\x1ad\ufeffe\u200bf', 'a b c d e f'],
  [`${'x'.repeat(1000)} y`, `${'x'.repeat(64)} y`],
  [`${'x'.repeat(63)}𝐀${'x'.repeat(99)}`, 'x'.repeat(63)],
];

const PARTS: readonly (readonly [text: string, expected: string])[] = [
  ['plain words Capitalised CONSTANT snake_case', ''],
  ['parseAssignments', 'parse assignments'],
  ['HTTPServer getURL', 'http server get url'],
  ['utf8Decode x2Y iPhone', 'utf8 decode x2 phone'],
  ['ÜberPrüfung', 'uber prufung'],
  ['aB'.repeat(40), ''],
];

describe('wordsOf', () => {
  for (const [text, expected] of WORDS)
    it(`finds the words of ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(words(text), expected));
  for (const [text, expected] of PARTS)
    it(`finds the parts of ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(parts(text), expected));

  it('returns words in order with their positions, and none that FTS4 would split again', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (raw) => {
        const text = composed(raw);
        let behind = 0;
        for (const { text: folded, start, end } of wordsOf(text).words) {
          assert.ok(start >= behind && end > start && end <= text.length);
          assert.equal(words(text.slice(start, end)), folded);
          assert.match(folded, /^[a-z0-9\u0080-\u{10ffff}]{1,}$/u);
          assert.ok(folded.isWellFormed());
          behind = end;
        }
      }),
      { numRuns: 2000, seed: 20_261_121 },
    );
  });
});
