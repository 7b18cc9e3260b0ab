import assert from 'node:assert/strict';
import { modelId } from '../../../src/domain/ids';
import { takesPrefill } from '../../../src/domain/prefill';
import { CONTINUE_REQUEST, continuingTurns } from '../../../src/domain/prompt';

describe('prefill', () => {
  const models: readonly (readonly [string, boolean])[] = [
    ['anthropic/claude-3-haiku', true],
    ['anthropic/claude-3.5-sonnet', true],
    ['anthropic/claude-3.5-sonnet-20240620', true],
    ['anthropic/claude-3.7-sonnet', true],
    ['anthropic/claude-3.7-sonnet:beta', true],
    ['anthropic/claude-3.7-sonnet:thinking', false],
    ['anthropic/claude-opus-4', true],
    ['anthropic/claude-opus-4.1', true],
    ['anthropic/claude-sonnet-4.5', true],
    ['anthropic/claude-haiku-4.5', true],
    ['anthropic/claude-sonnet-4-5', false],
    ['anthropic/claude-opus-4.6', false],
    ['anthropic/claude-sonnet-4.6', false],
    ['anthropic/claude-opus-4.8', false],
    ['anthropic/claude-sonnet-5', false],
    ['anthropic/claude-opus-45', false],
    ['deepseek/deepseek-chat', true],
    ['deepseek/deepseek-chat-v3-0324:free', true],
    ['deepseek/deepseek-r1', true],
    ['deepseek/deepseek-r1-distill-llama-70b', false],
    ['deepseek/deepseek-v4-flash', false],
    ['mistralai/mistral-large', false],
    ['openai/gpt-4o', false],
    ['google/gemini-2.5-pro', false],
    ['openrouter/auto', false],
    ['claude-sonnet-4.5', false],
    ['', false],
  ];
  for (const [model, takes] of models)
    it(`${model} ${takes ? 'takes' : 'does not take'} one`, () => assert.equal(takesPrefill(modelId(model)), takes));

  it('sends the text without white space at its end, and a request in words to those that take none', () => {
    const assistant = { role: 'assistant', content: 'One. Two' };
    assert.deepEqual(continuingTurns('One. Two \n', modelId('anthropic/claude-sonnet-4.5')), [assistant]);
    assert.deepEqual(continuingTurns('One. Two \n', modelId('openai/gpt-4o')), [
      assistant,
      { role: 'user', content: CONTINUE_REQUEST },
    ]);
  });
});
