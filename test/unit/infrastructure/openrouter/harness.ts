import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { modelId } from '../../../../src/domain/ids';
import type { ChatRequest, Connection, ProviderEvent, StreamOutcome } from '../../../../src/domain/ports/provider';
import type { Clock } from '../../../../src/domain/ports/system';
import { OpenRouterProvider, type OpenRouterProviderOptions } from '../../../../src/infrastructure/openrouter/client';
import { type DecoderLimits, SseDecoder, type SseEvent } from '../../../../src/infrastructure/openrouter/decoder';
import { ChatDialect } from '../../../../src/infrastructure/openrouter/dialect';
import type { ErrorContext } from '../../../../src/infrastructure/openrouter/failures';
import { redactorFor } from '../../../../src/infrastructure/openrouter/redaction';

const FIXTURES = path.resolve('test/fixtures/openrouter');

export const fixtureNames = (extension: string): string[] =>
  readdirSync(FIXTURES).filter((name) => name.endsWith(extension));

export const fixture = (name: string): Buffer => readFileSync(path.join(FIXTURES, name));

/** 2026-10-01T00:00:00Z */
export const NOW_MS = Date.UTC(2026, 9, 1);

/** In the format of a real key; must never occur in any output. */
export const CANARY_KEY = 'sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef';

export const context: ErrorContext = { redact: redactorFor([CANARY_KEY]), host: 'host.test', nowMs: () => NOW_MS };

export const clock: Clock = { nowMs: () => NOW_MS, monotonicMs: () => performance.now() };

export function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

export function decode(
  parts: readonly Uint8Array[],
  limits?: DecoderLimits,
): { readonly events: readonly SseEvent[]; readonly cutOff: boolean; readonly head: string } {
  const decoder = new SseDecoder(limits);
  const events = parts.flatMap((part) => [...decoder.feed(part)]);
  const end = decoder.end();
  return { events: [...events, ...end.events], cutOff: end.cutOff, head: decoder.head };
}

/** A whole body through decoder and dialect. */
export function translate(parts: readonly Uint8Array[]): readonly ProviderEvent[] {
  const { events, cutOff } = decode(parts);
  const dialect = new ChatDialect(context);
  return [
    ...events.flatMap((event) => [...dialect.read(event)]),
    ...dialect.end({ kind: 'eof', ...(cutOff ? { reason: { kind: 'eventCutOff' } } : {}) }),
  ];
}

/** Events of a stream for comparison: pieces joined, `waiting` omitted. */
export function summary(events: readonly ProviderEvent[]): {
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string | undefined;
  readonly cost: string | null | undefined;
  readonly outcome: StreamOutcome | undefined;
} {
  const joined = (type: 'text' | 'reasoning'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const usage = events.find((event) => event.type === 'usage');
  return {
    text: joined('text'),
    reasoning: joined('reasoning'),
    finish: events.find((event) => event.type === 'finished')?.reason,
    cost: usage === undefined ? undefined : usage.cost && `${usage.cost.digits}e-${usage.cost.scale}`,
    outcome: events.at(-1)?.type === 'ended' ? events.findLast((event) => event.type === 'ended')?.outcome : undefined,
  };
}

export const REQUEST: ChatRequest = {
  model: modelId('anthropic/claude-sonnet-5'),
  turns: [{ role: 'user', content: 'Hello' }],
  maxTokens: 64,
};

export function providerAt(
  baseUrl: string,
  connection: Partial<Connection> = {},
  options: Partial<OpenRouterProviderOptions> = {},
): OpenRouterProvider {
  const current: Connection = {
    baseUrl,
    origin: new URL(baseUrl).origin,
    key: CANARY_KEY,
    keyRequired: false,
    isOpenRouter: false,
    ...connection,
  };
  return new OpenRouterProvider({
    connections: { current: async () => current },
    clock,
    ...options,
  });
}

export async function collect(
  provider: OpenRouterProvider,
  signal: AbortSignal = new AbortController().signal,
  request: ChatRequest = REQUEST,
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const event of provider.stream(request, signal)) events.push(event);
  return events;
}
