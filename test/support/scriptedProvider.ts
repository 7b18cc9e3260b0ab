import { type GenerationId, generationId, modelId } from '../../src/domain/ids';
import type { Model } from '../../src/domain/model';
import { parseDecimal } from '../../src/domain/money';
import type {
  ChatProvider,
  ChatRequest,
  GenerationAnswer,
  KeyCheck,
  ModelListResult,
  ProviderEvent,
} from '../../src/domain/ports/provider';

export type Step =
  | ProviderEvent
  | { readonly type: 'untilAborted' }
  /** Goes on when the test opens the gate. */
  | { readonly type: 'gate'; readonly gate: Gate };

/** Holds back a scripted reply until the test opens it. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** Plays a scripted reply without HTTP, which the tests of the client cover. */
export class ScriptedProvider implements ChatProvider {
  readonly requests: ChatRequest[] = [];
  models: Model[] = [aModel()];
  listResult: ModelListResult | undefined;
  /** Generations whose bill was requested. */
  readonly askedFor: GenerationId[] = [];
  bill: (id: GenerationId) => GenerationAnswer | Promise<GenerationAnswer> = () => ({ kind: 'unsupported' });

  /** Scripts of the next requests, one each; after them comes `script`. */
  upcoming: (readonly Step[])[] = [];

  constructor(public script: readonly Step[] = reply('Hello')) {}

  async *stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    this.requests.push(request);
    for (const step of this.upcoming.shift() ?? this.script) {
      if (step.type === 'untilAborted') {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      } else if (step.type === 'gate') await step.gate.opened;
      else yield step;
      if (signal.aborted) {
        yield { type: 'ended', outcome: { kind: 'aborted' } };
        return;
      }
    }
  }

  async listModels(): Promise<ModelListResult> {
    return this.listResult ?? { kind: 'ok', models: this.models };
  }

  async generation(id: GenerationId): Promise<GenerationAnswer> {
    this.askedFor.push(id);
    return this.bill(id);
  }

  async checkKey(): Promise<KeyCheck> {
    return {
      kind: 'ok',
      label: 'test',
      limit: null,
      limitRemaining: null,
      limitReset: null,
      usageDaily: null,
      usageMonthly: null,
    };
  }
}

export function aModel(overrides: Partial<Model> = {}): Model {
  return {
    id: modelId('anthropic/claude-sonnet-5'),
    name: 'Claude Sonnet 5',
    contextLength: 200_000,
    maxCompletionTokens: 64_000,
    price: { prompt: parseDecimal('0.000003')!, completion: parseDecimal('0.000015')! },
    inputModalities: ['text'],
    supportedParameters: [],
    tokenizer: 'Claude',
    ...overrides,
  };
}

export const usage = (promptTokens: number, completionTokens: number) => ({
  promptTokens,
  completionTokens,
  reasoningTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
});

/** A complete reply with a cost of $0.000064. Without an id, its bill can't be requested. */
export function reply(text: string, costUsd: string | null = '0.000064', id: string | null = 'gen-1'): Step[] {
  return [
    { type: 'opened', generationId: id === null ? null : generationId(id) },
    { type: 'started', model: modelId('anthropic/claude-sonnet-5'), provider: 'Anthropic', generationId: null },
    ...[...text].map((character): Step => ({ type: 'text', text: character })),
    { type: 'finished', reason: 'stop', nativeReason: 'end_turn' },
    { type: 'usage', usage: usage(12, 4), cost: costUsd === null ? null : parseDecimal(costUsd)! },
    { type: 'ended', outcome: { kind: 'complete' } },
  ];
}
