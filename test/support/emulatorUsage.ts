import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The shapes in which OpenRouter and servers like it were seen to report usage; a prompt asks for one with
 * `[[usage:NAME]]`, beside any other case.
 */
export const USAGE_SHAPES = [
  /** An event of its own without choices, after the one with the finish reason. What is sent without a tag. */
  'empty',
  /** Beside a repeated finish reason. */
  'repeated',
  /** Beside an empty delta without a finish reason. */
  'delta',
  /** In the event with the finish reason. */
  'finish',
  /** After a pause with signs of life. */
  'late',
  'twice',
  /** The cost as a text. */
  'string',
  /** The cost as a text with an exponent. */
  'exponent',
  /** Half of the prompt comes from the provider's cache. */
  'cached',
  /** Paid with the user's own provider key: the cost is the fee of zero, the upstream cost the bill. */
  'byok',
  /** Details are null. */
  'bare',
  'nocost',
  'nullcost',
  'none',
  /** With usage and without the end mark. */
  'nodone',
] as const;

export type UsageShape = (typeof USAGE_SHAPES)[number];

const LATE_MS = 100;

interface Chunk {
  readonly choices?: readonly { readonly finish_reason?: string | null }[];
  readonly usage?: Readonly<Record<string, unknown>>;
}

/** The events of a reply as they are, but for its usage. Each is one SSE event with its blank line. */
export async function* withUsageAs(shape: UsageShape, events: AsyncIterable<string>): AsyncGenerator<string> {
  let finish: Chunk = {};
  for await (const event of events) {
    const chunk = chunkIn(event);
    if (shape === 'nodone' && event.startsWith('data: [DONE]')) continue;
    if (chunk?.choices?.some((choice) => typeof choice.finish_reason === 'string') === true && !chunk.usage) {
      finish = chunk;
      if (shape === 'finish') continue;
    }
    if (chunk?.usage) yield* reshaped(shape, chunk, chunk.usage, finish);
    else yield event;
  }
}

async function* reshaped(
  shape: UsageShape,
  chunk: Chunk,
  usage: Readonly<Record<string, unknown>>,
  finish: Chunk,
): AsyncGenerator<string> {
  const { cost, cost_details, is_byok, ...counts } = usage;
  const amount = Number(cost);
  switch (shape) {
    case 'none':
      return;
    case 'repeated':
      return yield eventOf({ ...finish, usage });
    case 'finish':
      return yield eventOf({ ...finish, usage });
    case 'delta':
      return yield eventOf({ ...chunk, choices: [{ index: 0, delta: { content: '' }, finish_reason: null }], usage });
    case 'late':
      yield ': OPENROUTER PROCESSING\n\n';
      await sleep(LATE_MS);
      return yield eventOf(chunk);
    case 'twice':
      yield eventOf(chunk);
      return yield eventOf(chunk);
    case 'string':
      return yield eventOf({ ...chunk, usage: { ...usage, cost: String(cost) } });
    case 'exponent':
      return yield eventOf({ ...chunk, usage: { ...usage, cost: amount.toExponential() } });
    case 'byok':
      return yield eventOf({
        ...chunk,
        usage: { ...usage, cost: 0, is_byok: true, cost_details: { upstream_inference_cost: cost } },
      });
    case 'bare':
      return yield eventOf({
        ...chunk,
        usage: {
          ...usage,
          is_byok: null,
          cost_details: null,
          prompt_tokens_details: null,
          completion_tokens_details: null,
        },
      });
    case 'nocost':
      return yield eventOf({ ...chunk, usage: counts });
    case 'nullcost':
      return yield eventOf({ ...chunk, usage: { ...counts, cost: null, cost_details, is_byok } });
    case 'empty':
    case 'cached':
    case 'nodone':
      yield eventOf(chunk);
  }
}

const eventOf = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;

function chunkIn(event: string): Chunk | undefined {
  if (!event.startsWith('data: {')) return undefined;
  return JSON.parse(event.slice('data: '.length)) as Chunk;
}
