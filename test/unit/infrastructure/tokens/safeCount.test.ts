import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import fc from 'fast-check';
import { encodingFor } from '../../../../src/infrastructure/tokens/encodings';
import { pieces, safeCount } from '../../../../src/infrastructure/tokens/safeCount';

describe('token counting', function () {
  this.timeout(30_000);
  let encoder: Tiktoken;
  before(() => (encoder = new Tiktoken(o200k)));

  it('equals the encoder on text and code', () => {
    for (const file of ['README.md', 'src/domain/money.ts', 'src/application/orchestrator.ts', 'eslint.config.mjs']) {
      const text = readFileSync(file, 'utf8');
      assert.equal(safeCount(encoder, text), encoder.encode(text, [], []).length, file);
    }
  });

  it('counts what looks like a special token as text', () => assert.ok(safeCount(encoder, '<|endoftext|>') > 1));

  it('hands no long run to the encoder, and loses no character', () => {
    const alphabet = fc.constantFrom('X', ' ', '!', '日', '😀', 'é', '\n', '1', 'word ');
    const run = fc.tuple(alphabet, fc.integer({ min: 1, max: 300 })).map(([c, n]) => c.repeat(n));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 8 }).map((runs) => runs.join('')), (text) => {
        const parts = [...pieces(text)];
        assert.equal(parts.join(''), text);
        for (const part of parts) assert.ok(!/(?:\p{L}{130,}|\s{130,})/u.test(part) && part.isWellFormed());
      }),
      { seed: 20261120, numRuns: 500 },
    );
  });

  it('chooses encodings by the model’s id', () => {
    const of = (id: string): string => encodingFor(id);
    assert.deepEqual(['openai/gpt-4', 'openai/gpt-4-turbo', 'openai/gpt-4o-mini', 'openai/gpt-5', 'anthropic/claude-sonnet-5'].map(of), ['cl100k_base', 'cl100k_base', 'o200k_base', 'o200k_base', 'o200k_base']);
  });
});
