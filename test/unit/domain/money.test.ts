import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addUsd,
  decimalOf,
  formatUsd,
  nanoUsd,
  parseDecimal,
  sumOfProducts,
  toDecimalUsd,
  toNanoUsd,
} from '../../../src/domain/money';

describe('money', () => {
  const decimals: readonly (readonly [string, bigint | undefined, number | undefined])[] = [
    ['0.000003', 3n, 6],
    ['3e-6', 3n, 6],
    ['1e-30', 1n, 30],
    ['0e0', 0n, 0],
    ['-1', -1n, 0],
    ['.5', 5n, 1],
    ['12', 12n, 0],
    ['1.5e3', 1500n, 0],
    ['', undefined, undefined],
    ['.', undefined, undefined],
    ['NaN', undefined, undefined],
    ['1,5', undefined, undefined],
    ['0x10', undefined, undefined],
    ['Infinity', undefined, undefined],
  ];
  for (const [text, digits, scale] of decimals) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const decimal = parseDecimal(text);
      assert.equal(decimal?.digits, digits);
      assert.equal(decimal?.scale, scale);
    });
  }

  it('takes a JSON number by its shortest text', () => {
    assert.equal(toNanoUsd(decimalOf(6.4e-5)!, 'nearest'), 64_000);
    assert.equal(toNanoUsd(decimalOf(7.1e-5)!, 'nearest'), 71_000);
    assert.equal(decimalOf(Number.NaN), undefined);
    assert.equal(decimalOf(Number.POSITIVE_INFINITY), undefined);
  });

  it('rounds up for worst cases, to the nearest for amounts, and never to zero', () => {
    const half = parseDecimal('0.0000000015')!;
    const third = parseDecimal('0.0000000013')!;
    assert.deepEqual([toNanoUsd(half, 'up'), toNanoUsd(half, 'nearest')], [2, 2]);
    assert.deepEqual([toNanoUsd(third, 'up'), toNanoUsd(third, 'nearest')], [2, 1]);
    assert.equal(toNanoUsd(parseDecimal('1e-30')!, 'nearest'), 1);
    assert.equal(toNanoUsd(parseDecimal('0')!, 'up'), 0);
  });

  it('sums products exactly: 412 × $3/M + 1,033 × $15/M = $0.016731', () => {
    const cost = sumOfProducts(
      [
        { price: parseDecimal('0.000003')!, units: 412 },
        { price: parseDecimal('0.000015')!, units: 1033 },
      ],
      'nearest',
    );
    assert.equal(toDecimalUsd(cost), '0.016731');
  });

  const texts: readonly (readonly [number, string, string])[] = [
    [0, '$0.00', '$0.00'],
    [313_900_000, '$0.3139', '$0.31'],
    [5_000_000_000, '$5.0000', '$5.00'],
    [16_200_000, '$0.0162', '$0.02'],
    [1_900_000, '$0.0019', '$0.0019'],
    [64_000, '$0.000064', '$0.000064'],
    [1, '$0.000000001', '$0.000000001'],
    [4_999_000_000, '$4.9990', '$5.00'],
    [1_234_567_890_000, '$1234.57', '$1234.57'],
    [-16_200_000, '-$0.0162', '-$0.02'],
    [10_000_000, '$0.0100', '$0.01'],
    [9_960_000, '$0.0100', '$0.01'],
  ];
  for (const [nano, fine, coarse] of texts) {
    it(`writes ${nano} nano-dollars as ${fine} and ${coarse}`, () => {
      assert.equal(formatUsd(nanoUsd(nano)), fine);
      assert.equal(formatUsd(nanoUsd(nano), 'coarse'), coarse);
    });
  }

  it('never shows a non-zero amount as zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        (n) => /[1-9]/.test(formatUsd(nanoUsd(n))) && /[1-9]/.test(formatUsd(nanoUsd(n), 'coarse')),
      ),
      { seed: 20261120, numRuns: 2000 },
    );
  });

  it('writes decimal strings that read back to the same amount', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => toNanoUsd(parseDecimal(toDecimalUsd(nanoUsd(n)))!, 'nearest') === n),
      { seed: 20261120, numRuns: 2000 },
    );
  });

  it('refuses amounts that a number cannot hold', () => {
    assert.throws(() => nanoUsd(0.5), RangeError);
    assert.throws(() => addUsd(nanoUsd(Number.MAX_SAFE_INTEGER), nanoUsd(1)), RangeError);
  });
});
