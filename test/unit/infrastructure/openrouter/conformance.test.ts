import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { FailureCode } from '../../../../src/domain/failure';
import { OpenRouterProvider } from '../../../../src/infrastructure/openrouter/client';
import { type ProviderFactory, type ProviderFixture, itKeepsTheContract } from '../../../support/providerConformance';
import type { Expected } from '../../../support/replyExpectation';
import { clock } from './harness';

const FIXTURES = path.resolve('test/fixtures');
const bytes = (name: string): Buffer => readFileSync(path.join(FIXTURES, name));
const json = (name: string): unknown => JSON.parse(bytes(name).toString('utf8'));

type ServerExpectations = Readonly<Record<string, Expected>>;
type ErrorEntry = ProviderFixture['errors'][number];

const GOTT = {
  text: 'Grüß Gott 🌍',
  reasoning: 'The user greets me.',
  finish: 'stop',
  cost: null,
  outcome: 'complete',
} as const;

/** By file. Local servers count tokens and name no price. */
const LOCAL: Readonly<
  Record<string, { readonly server: string; readonly models: readonly string[]; readonly replies: ServerExpectations }>
> = {
  ollama: {
    server: 'Ollama',
    models: ['gpt-oss:20b', 'llama3.2:latest'],
    replies: {
      'reply.sse': { ...GOTT, usage: [31, 17, 0, 0] },
      'reply-without-usage.sse': { text: 'Grüß Gott', finish: 'stop', outcome: 'complete' },
      // Its error becomes an empty event, and no [DONE] follows.
      'runner-died.sse': { text: 'Grüß', outcome: 'TRUNCATED' },
    },
  },
  lmStudio: {
    server: 'LM Studio',
    models: ['qwen/qwen3-8b'],
    replies: {
      'reply.sse': { ...GOTT, usage: [12, 19, 8, 0] },
      'reply-both-names.sse': {
        text: 'Ja',
        reasoning: 'Hm',
        finish: 'length',
        cost: null,
        usage: [12, 3, 0, 0],
        outcome: 'complete',
      },
      'model-unloaded.sse': { text: 'Grüß', outcome: 'UPSTREAM', detail: /^The model has crashed/ },
    },
  },
  llamaCpp: {
    server: 'llama.cpp',
    models: ['gpt-oss-20b.gguf'],
    replies: {
      'reply.sse': { ...GOTT, usage: [21, 9, 0, 0] },
      'reply-usage-on-finish.sse': {
        text: 'Grüß Gott',
        finish: 'stop',
        cost: null,
        usage: [21, 9, 0, 0],
        outcome: 'complete',
      },
      'out-of-context.sse': {
        text: 'Grüß',
        outcome: 'CONTEXT_TOO_LONG',
        detail: /available context size/,
        httpStatus: 400,
      },
    },
  },
};

/** Transcripts of the service, by file. */
const OPENROUTER: ServerExpectations = {
  't01-normal.sse': { text: 'Héllo 🌍', finish: 'stop', cost: '64e-6', usage: [12, 4, 0, 0], outcome: 'complete' },
  't02-usage-empty-choices.sse': { text: 'Hi', finish: 'stop', cost: null, usage: [9, 1, 0, 0], outcome: 'complete' },
  't04-reasoning.sse': {
    text: '42',
    reasoning: 'Let me think',
    finish: 'stop',
    cost: '35e-5',
    usage: [20, 31, 29, 16],
    outcome: 'complete',
  },
  't05-tool-calls.sse': { finish: 'tool_calls', cost: '1e-3', usage: [300, 40, 0, 0], outcome: 'complete' },
  't06-midstream-error.sse': { text: 'Partial', outcome: 'OVERLOADED', httpStatus: 502 },
  't07-error-first-event.sse': { outcome: 'OVERLOADED', httpStatus: 502 },
  't18-truncated.sse': { text: 'Grüße', outcome: 'TRUNCATED' },
};

const OPENROUTER_ERRORS: Readonly<Record<string, FailureCode>> = {
  't10-402-too-big.json': 'KEY_LIMIT',
  't11-402-in-flight.json': 'IN_FLIGHT',
  't12-403-key-limit.json': 'KEY_LIMIT',
  't13-403-moderation.json': 'MODERATION',
  't14-429-free-daily.json': 'DAILY_QUOTA',
  't15-429-upstream.json': 'RATE_LIMIT',
  't17-400-context.json': 'CONTEXT_TOO_LONG',
};

const repliesOf = (
  folder: string,
  expectations: ServerExpectations,
  headers: Readonly<Record<string, string>>,
): ProviderFixture['replies'] =>
  readdirSync(path.join(FIXTURES, folder))
    .filter((name) => name.endsWith('.sse'))
    .map((name) => {
      const expected = expectations[name];
      if (!expected) throw new Error(`nothing is expected of ${folder}/${name}`);
      return { name, headers, body: bytes(`${folder}/${name}`), expected };
    });

const factory =
  (isOpenRouter: boolean): ProviderFactory =>
  (connections) =>
    new OpenRouterProvider({
      connections: { current: async () => ({ ...(await connections.current()), isOpenRouter }) },
      clock,
    });

describe('the provider for OpenRouter', () => {
  itKeepsTheContract(factory(true), {
    server: 'OpenRouter',
    replies: repliesOf('openrouter', OPENROUTER, {
      'content-type': 'text/event-stream',
      'x-generation-id': 'gen-1790000001-AbCdEfGhIjKlMnOpQrSt',
    }),
    errors: Object.entries(OPENROUTER_ERRORS).map(([name, code]) => ({
      ...(json(`openrouter/${name}`) as Pick<ErrorEntry, 'status' | 'body'>),
      name,
      code,
    })),
    models: {
      body: {
        data: [
          { id: 'anthropic/claude-sonnet-5', name: 'Claude', pricing: { prompt: '0.000003', completion: '0.000015' } },
        ],
      },
      ids: ['anthropic/claude-sonnet-5'],
    },
    answers: {
      key: { data: { label: 'sk-or-v1-...', limit: null, usage: 0 } },
      generation: { data: { id: 'gen-1', total_cost: 0.5 } },
    },
  });
});

for (const [folder, { server, models, replies }] of Object.entries(LOCAL)) {
  describe(`the provider for ${server}`, () => {
    itKeepsTheContract(factory(false), {
      server,
      replies: repliesOf(folder, replies, { 'content-type': 'text/event-stream' }),
      errors: json(`${folder}/errors.json`) as readonly ErrorEntry[],
      models: { body: json(`${folder}/models.json`), ids: models },
      answers: {},
    });
  });
}
