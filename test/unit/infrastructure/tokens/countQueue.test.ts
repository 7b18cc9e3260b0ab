import assert from 'node:assert/strict';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { CountCache } from '../../../../src/infrastructure/tokens/countCache';
import { CountQueue, type CountResult } from '../../../../src/infrastructure/tokens/countQueue';
import { TokenEncoding } from '../../../../src/infrastructure/tokens/tokenEncoding';

describe('CountQueue', function () {
  this.timeout(30_000);
  let encoding: TokenEncoding;
  before(() => (encoding = new TokenEncoding(o200k)));
  const queueOf = (...texts: readonly string[]): CountQueue => {
    const queue = new CountQueue(() => encoding);
    queue.add({ encoding: 'o200k_base', texts: texts.map((text, id) => ({ id, text })) });
    return queue;
  };
  const drained = (queue: CountQueue): CountResult[] => {
    const results: CountResult[] = [];
    while (!queue.isEmpty) {
      const result = queue.step();
      if (result) results.push(result);
    }
    return results;
  };
  const huge = 'X'.repeat(200_000);

  it('counts the shortest first', () => {
    assert.deepEqual(drained(queueOf(huge, 'two words', 'one')), [
      { id: 2, tokens: 1 },
      { id: 1, tokens: 2 },
      { id: 0, tokens: 12_500 },
    ]);
  });

  it('lets a short text pass a long one that has begun', () => {
    const queue = queueOf(huge);
    assert.equal(queue.step(), undefined);
    queue.add({ encoding: 'o200k_base', texts: [{ id: 7, text: 'typed' }] });
    assert.deepEqual(queue.step(), { id: 7, tokens: 1 });
    assert.deepEqual(drained(queue), [{ id: 0, tokens: 12_500 }]);
  });

  it('gives up one text, not the others', () => {
    const broken = new CountQueue((name) => {
      if (name === 'cl100k_base') throw new RangeError('too long');
      return encoding;
    });
    broken.add({ encoding: 'cl100k_base', texts: [{ id: 1, text: 'a' }] });
    broken.add({ encoding: 'o200k_base', texts: [{ id: 2, text: 'ab' }] });
    assert.deepEqual(drained(broken), [
      { id: 1, tokens: null },
      { id: 2, tokens: 1 },
    ]);
  });

  it('does nothing when there is nothing to do', () => assert.equal(queueOf().step(), undefined));
});

describe('CountCache', () => {
  it('forgets what was used least recently, and nothing else', () => {
    const cache = new CountCache(10);
    cache.set('aaaa', 1);
    cache.set('bbbb', 2);
    assert.equal(cache.get('aaaa'), 1);
    cache.set('ccc', 3);
    assert.deepEqual(
      ['bbbb', 'ccc', 'aaaa'].map((text) => cache.get(text)),
      [undefined, 3, 1],
    );
    cache.set('aaaa', 4);
    cache.set('ddd', 5);
    assert.deepEqual(
      ['aaaa', 'ccc', 'ddd'].map((text) => cache.get(text)),
      [4, 3, 5],
    );
    cache.set('eeee', 6);
    assert.deepEqual(
      ['aaaa', 'ccc', 'ddd', 'eeee'].map((text) => cache.get(text)),
      [undefined, 3, 5, 6],
    );
  });

  it('does not keep what is larger than all of it', () => {
    const cache = new CountCache(3);
    cache.set('abcd', 1);
    cache.set('abc', 2);
    assert.deepEqual([cache.get('abcd'), cache.get('abc')], [undefined, 2]);
  });
});
