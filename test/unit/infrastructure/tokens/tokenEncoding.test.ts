import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { TokenEncoding } from '../../../../src/infrastructure/tokens/tokenEncoding';

const WRITTEN = [
  '',
  ' ',
  'a',
  "The quick brown fox doesn’t jump; it’s LAZY, IT’S OK. don't DON'T we'LL",
  '我们在编辑器里讨论模型的价格，每一个词都要花钱。',
  '東京の天気は晴れです。カタカナとひらがな、漢字。',
  'السعر الدقيق لكل رسالة، لا أكثر ولا أقل.',
  'हर संदेश की कीमत दिखाई देती है।',
  'Цена каждого сообщения видна сразу.',
  '👩‍👩‍👧‍👦🏳️‍🌈 😀😀 👍🏽',
  'e\u0301a\u0300o\u0302\u0323 Z\u0351\u036b\u0343\u036a\u0302a\u0334\u0335l\u0336g\u0337o\u0338',
  '\ud800 lone \udc00\ud800 halves \udfff',
  'const a = 1_000.50;\r\n\tif (a>=2) { return "x\\n"; }   \n\n\n}  ',
  '<|endoftext|> <|endofprompt|> <|im_start|>',
  '12345678901234567890 ½ ⅷ ٣٤٥',
  '\u0000\u0001\u007f\u0085\u00a0\u2028\u2029\u3000\ufeff',
  '/'.repeat(100) + '\n'.repeat(50) + ' '.repeat(200) + '='.repeat(200),
];
const FILES = [
  'README.md',
  'ARCHITECTURE.md',
  'src/domain/money.ts',
  'src/application/turn/orchestrator.ts',
  'eslint.config.mjs',
  'media/icon.svg',
];

const SIGNS = [
  'X',
  'x',
  'A',
  'é',
  'ß',
  'ǅ',
  'ʰ',
  '日',
  'ক',
  '\u0301',
  '\u20dd',
  ' ',
  '\t',
  '\u00a0',
  '\n',
  '\r',
  '\r\n',
  '1',
  '٣',
  '!',
  '/',
  "'",
  '😀',
  '\u200d',
  '\ud800',
  '\udc00',
  '𝒜',
  '\u0000',
];
const PARTS = [
  'the',
  ' quick',
  'Brown',
  ' FOX',
  "'s",
  "'LL",
  "n't",
  ' => ',
  '();\n',
  '<|endoftext|>',
  '你好',
  'مرحبا',
  ' x',
  '  y',
];
const run = fc
  .tuple(fc.constantFrom(...SIGNS), fc.integer({ min: 1, max: 40 }))
  .map(([sign, times]) => sign.repeat(times));

/** Texts in which every rule of the patterns meets every other, with runs that js-tiktoken can still merge. */
const mixedText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: run },
      { weight: 3, arbitrary: fc.constantFrom(...PARTS) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
      { weight: 1, arbitrary: fc.stringMatching(/^[a-zA-Z]{0,60}$/) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

const onePiece = fc.oneof(
  fc.stringMatching(/^[a-z]{1,300}$/),
  fc.stringMatching(/^[!-/]{1,300}$/),
  fc.array(fc.integer({ min: 0x4e00, max: 0x9fff }), { maxLength: 120 }).map((codes) => String.fromCodePoint(...codes)),
);

for (const [name, tables] of [
  ['o200k_base', o200k],
  ['cl100k_base', cl100k],
] as const) {
  describe(`TokenEncoding ${name}`, function () {
    this.timeout(60_000);
    let peer: Tiktoken;
    let encoding: TokenEncoding;
    before(() => {
      peer = new Tiktoken(tables);
      encoding = new TokenEncoding(tables);
    });
    const peerCount = (text: string): number => peer.encode(text, [], []).length;
    const equal = (text: string): void =>
      assert.equal(encoding.count(text), peerCount(text), JSON.stringify(text.slice(0, 200)));

    it('equals js-tiktoken on text, code and signs of many scripts', () => {
      for (const text of [...WRITTEN, WRITTEN.join('\n'), ...FILES.map((file) => readFileSync(file, 'utf8'))])
        equal(text);
    });

    it('equals js-tiktoken on any text', () => fc.assert(fc.property(mixedText, equal), { numRuns: 3_000 }));

    it('equals js-tiktoken on one long piece of letters, signs or ideographs', () =>
      fc.assert(fc.property(onePiece, equal), { numRuns: 300 }));

    it('counts a long run of one character as js-tiktoken would', () => {
      // js-tiktoken takes quadratic time here, so its counts for 256 and 512 give the step. No token has more than 128.
      for (const sign of ['X', ' ', '!', '日', '😀', '\u0301', '\ud800']) {
        const step = (peerCount(sign.repeat(512)) - peerCount(sign.repeat(256))) / 256;
        assert.equal(
          encoding.count(sign.repeat(32_000)),
          peerCount(sign.repeat(256)) + step * (32_000 - 256),
          JSON.stringify(sign),
        );
      }
    });

    it('counts the same in steps, several texts at once', () => {
      const texts = ['日本語'.repeat(3_000), 'word '.repeat(9_000), 'X'.repeat(90_000), '!?'.repeat(5_000)];
      const counting = texts.map((text) => ({
        expected: encoding.count(text),
        steps: encoding.steps(text),
        pauses: 0,
      }));
      const open = new Set(counting);
      while (open.size > 0) {
        for (const one of open) {
          const { done, value } = one.steps.next();
          if (!done) one.pauses++;
          else {
            assert.equal(value, one.expected);
            open.delete(one);
          }
        }
      }
      for (const { pauses } of counting) assert.ok(pauses > 0);
    });
  });
}
