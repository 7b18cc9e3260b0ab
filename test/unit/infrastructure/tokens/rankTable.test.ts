import assert from 'node:assert/strict';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { PieceMerge } from '../../../../src/infrastructure/tokens/pieceMerge';
import { NO_RANK, RankTable } from '../../../../src/infrastructure/tokens/rankTable';

/** A line as js-tiktoken packs it. */
const packed = (...tokens: readonly string[]): string =>
  `! 0 ${tokens.map((token) => Buffer.from(token).toString('base64')).join(' ')}`;
const rankIn = (table: RankTable, token: string): number =>
  table.rankOf(Buffer.from(token), 0, Buffer.byteLength(token));

describe('RankTable', () => {
  it('reads lines with their first rank, Base64 of every length, the later of two equal tokens', () => {
    const table = new RankTable(`${packed('a', 'bc', 'def')}\n! 70 ${Buffer.from('ghij').toString('base64')} YQ==\n`);
    const ranks = ['a', 'bc', 'def', 'ghij', 'b', 'ghijk', ''].map((token) => rankIn(table, token));
    assert.deepEqual(ranks, [71, 1, 2, 70, NO_RANK, NO_RANK, NO_RANK]);
  });

  it('finds bytes in the midst of others', () => {
    const table = new RankTable(packed('bc', 'c'));
    assert.deepEqual(
      [
        table.rankOf(Buffer.from('abcd'), 1, 3),
        table.rankOf(Buffer.from('abcd'), 2, 3),
        table.rankOf(Buffer.from('abcd'), 0, 2),
      ],
      [0, 1, NO_RANK],
    );
  });

  for (const [name, { bpe_ranks }] of [
    ['o200k_base', o200k],
    ['cl100k_base', cl100k],
  ] as const) {
    it(`knows every token of ${name}, and no other`, () => {
      const table = new RankTable(bpe_ranks);
      let checked = 0;
      for (const line of bpe_ranks.split('\n')) {
        const [, first = '', ...words] = line.split(' ');
        for (const [i, word] of words.entries()) {
          const bytes = Buffer.from(word, 'base64');
          if (table.rankOf(bytes, 0, bytes.length) !== Number(first) + i)
            assert.fail(`${word} is not ${Number(first) + i}`);
          checked++;
        }
      }
      assert.ok(checked > 100_000);
      for (const foreign of ['zqxjv', '日本国憲法前文', ' '.repeat(500)]) assert.equal(rankIn(table, foreign), NO_RANK);
    });
  }
});

describe('PieceMerge', () => {
  it('merges the lowest rank first, the leftmost of equals, and stops where no pair is a token', () => {
    const merge = new PieceMerge(new RankTable(packed('a', 'b', 'c', 'bc', 'ab', 'aa', 'aaa', 'abab')), 100);
    const cases = { abc: 2, aaa: 1, aaaa: 2, aaaaa: 2, cba: 3, a: 1, abab: 1, ababab: 2, bab: 2, aab: 2 };
    for (const [text, tokens] of Object.entries(cases))
      assert.equal(merge.tokens(Buffer.from(text), 0, text.length), tokens, text);
  });

  it('merges what stands in the midst of other bytes by itself', () => {
    const merge = new PieceMerge(new RankTable(packed('a', 'b', 'ab')), 100);
    assert.equal(merge.tokens(Buffer.from('aababb'), 1, 5), 2);
    assert.equal(merge.tokens(Buffer.from('aababb'), 2, 4), 2);
  });
});
