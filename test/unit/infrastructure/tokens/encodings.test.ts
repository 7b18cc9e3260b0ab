import assert from 'node:assert/strict';
import { encodingFor, isExact } from '../../../../src/infrastructure/tokens/encodings';

const O200K = [
  ...[
    'openai/gpt-4o',
    'openai/gpt-4o:extended',
    'openai/gpt-4o-2024-05-13',
    'openai/gpt-4o-mini-search-preview',
    'openai/chatgpt-4o-latest',
  ],
  ...[
    'openai/gpt-4.1',
    'openai/gpt-4.1-nano',
    'openai/gpt-4.5-preview',
    'openai/gpt-5',
    'openai/gpt-5-mini',
    'openai/gpt-5.1',
    'openai/gpt-5.1-codex-max',
  ],
  ...[
    'openai/o1',
    'openai/o1-pro',
    'openai/o3-mini-high',
    'openai/o3-deep-research',
    'openai/o4-mini:online',
    'openai/gpt-oss-120b',
    'openai/gpt-oss-20b:free',
  ],
  ...['gpt-4o', 'o3', 'gpt-oss:20b'],
];
const CL100K = [
  ...[
    'openai/gpt-4',
    'openai/gpt-4-0314',
    'openai/gpt-4-turbo',
    'openai/gpt-4-turbo-preview',
    'openai/gpt-4-1106-preview',
    'openai/gpt-4-32k',
  ],
  ...[
    'openai/gpt-3.5-turbo',
    'openai/gpt-3.5-turbo-0613',
    'openai/gpt-3.5-turbo-instruct',
    'openai/text-embedding-3-large',
    'text-embedding-ada-002',
    'gpt-4',
  ],
];
const ESTIMATED = [
  ...[
    'anthropic/claude-sonnet-5',
    'google/gemini-3-pro',
    'deepseek/deepseek-chat',
    'openrouter/auto',
    'other/gpt-4',
    'llama3:8b',
    '',
  ],
  // Their encodings are not published.
  ...['openai/gpt-6-astra', 'openai/gpt-40', 'openai/o11', 'openai/gpt-audio', 'openai/codex-mini'],
];

describe('encodings', () => {
  it('are exact for OpenAI’s models, with suffixes and without the vendor', () => {
    for (const id of O200K) assert.deepEqual([encodingFor(id), isExact(id)], ['o200k_base', true], id);
    for (const id of CL100K) assert.deepEqual([encodingFor(id), isExact(id)], ['cl100k_base', true], id);
  });

  it('are the newest, as an estimate, for other vendors', () => {
    for (const id of ESTIMATED) assert.deepEqual([encodingFor(id), isExact(id)], ['o200k_base', false], id);
  });

  it('are never exact for an alias of the newest model', () => {
    const ids = ['~openai/gpt-latest', '~openai/gpt-5-latest', '~openai/gpt-4-latest', '~anthropic/claude-opus-latest'];
    assert.deepEqual(
      ids.map((id) => [encodingFor(id), isExact(id)]),
      [
        ['o200k_base', false],
        ['o200k_base', false],
        ['cl100k_base', false],
        ['o200k_base', false],
      ],
    );
  });
});
