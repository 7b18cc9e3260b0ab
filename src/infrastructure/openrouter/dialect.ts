import type { Failure, FailureReason } from '../../domain/failure';
import { modelId } from '../../domain/ids';
import type { ProviderEvent, StreamOutcome } from '../../domain/ports/provider';
import { parseJson } from '../../domain/text';
import { costOf, tokenUsageOf } from './amounts';
import type { SseEvent } from './decoder';
import { type ErrorContext, errorIn, failureOfError } from './failures';
import { generationIdFromEvent } from './generations';
import { type Chunk, type Delta, type ErrorBody, type Usage, chunkSchema } from './schemas';

/** Why reading stopped. */
export type EndCause =
  /** The connection ended. `reason`: why, if known. */
  | { readonly kind: 'eof'; readonly reason?: FailureReason }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly sent: boolean };

type Choice = NonNullable<NonNullable<Chunk['choices']>[number]>;

const END_MARK = '[DONE]';

/**
 * Translates the decoded events of one reply in OpenRouter's dialect of chat completions. Pure: no clock, no socket.
 * Rules where the dialect is ambiguous, from recordings: an error may come inside HTTP 200 and in any event; the finish
 * reason may be repeated (the first counts); usage comes after it, in an event with or without choices; a reply without
 * an end marker is cut off.
 */
export class ChatDialect {
  private started = false;
  private finishReason: string | undefined;
  private failure: Failure | undefined;
  private marked = false;
  private isUsageSent = false;
  /** The latest usage, not yet emitted, because some servers send running totals with every event. */
  private usage: Usage | undefined;
  /** First half of a split surrogate pair; emitted with the second half. */
  private readonly halves = { text: '', reasoning: '' };

  constructor(private readonly context: ErrorContext) {}

  /** The reply has ended or can't be read further. */
  get done(): boolean {
    return this.marked || this.failure?.code === 'PROTOCOL';
  }

  /** Only the end marker, or the usage of a failed reply, may follow. */
  get settled(): boolean {
    return this.failure !== undefined || this.whole;
  }

  private get whole(): boolean {
    return this.finishReason !== undefined && (this.marked || this.isUsageSent);
  }

  /** The finish reason has arrived; usage from now on is final. */
  private get closed(): boolean {
    return this.finishReason !== undefined || (this.failure !== undefined && this.failure.code !== 'PROTOCOL');
  }

  /** @returns the translated events, never `ended`. Events after the end marker are ignored. */
  read(event: SseEvent): readonly ProviderEvent[] {
    if (this.done) return [];
    if (event.type === 'comment') return [{ type: 'waiting' }];
    if (event.type === 'oversized')
      return this.broken({ kind: event.what === 'event' ? 'eventTooLarge' : 'replyTooLarge', limit: event.limit });
    const data = event.data.trim();
    // Some proxies forward comments as data.
    if (data === '' || data.startsWith(':')) return [{ type: 'waiting' }];
    if (data === END_MARK) {
      this.marked = true;
      return this.pendingUsage();
    }
    return this.readJson(data, event.name === 'error');
  }

  /** A response that is one JSON text instead of a stream. */
  readWhole(text: string): readonly ProviderEvent[] {
    const events = this.readJson(text, false);
    if (this.finishReason !== undefined) this.marked = true;
    else if (!events.some((event) => event.type === 'text')) this.broken({ kind: 'unexpectedAnswer' });
    return [...events, ...this.pendingUsage()];
  }

  /** The last events, `ended` last. A complete reply stays complete, however the connection ended. */
  end(cause: EndCause): readonly ProviderEvent[] {
    const usage = this.closed ? this.pendingUsage() : [];
    return [
      ...this.remainingHalf('reasoning'),
      ...this.remainingHalf('text'),
      ...usage,
      { type: 'ended', outcome: this.outcome(cause) },
    ];
  }

  private outcome(cause: EndCause): StreamOutcome {
    if (this.failure) return { kind: 'failed', failure: this.failure, sent: true };
    if (this.whole) return { kind: 'complete' };
    if (cause.kind === 'eof')
      return {
        kind: 'failed',
        failure: {
          code: 'TRUNCATED',
          detail: '',
          ...(cause.reason ? { reason: cause.reason } : {}),
          host: this.context.host,
        },
        sent: true,
      };
    return cause;
  }

  private readJson(text: string, isError: boolean): readonly ProviderEvent[] {
    const value = parseJson(text);
    const chunk = chunkSchema.safeParse(value);
    if (!chunk.success) return this.broken({ kind: 'eventNotJson' });
    const error = errorIn(value) ?? (isError ? errorIn({ error: value }) : undefined);
    const first = chunk.data.choices?.find((c) => c !== undefined);
    const inChoice = first?.error === undefined || first.error === null ? undefined : errorIn({ error: first.error });
    return this.readChunk(chunk.data, first, error ?? inChoice);
  }

  private readChunk(chunk: Chunk, choice: Choice | undefined, error: ErrorBody | undefined): readonly ProviderEvent[] {
    if (chunk.usage) this.usage = chunk.usage;
    const events: ProviderEvent[] = [...this.start(chunk)];
    // Text in an event with an error is billed like the rest.
    if (!this.failure) events.push(...this.content(choice?.delta ?? choice?.message));
    if (error) this.fail(error);
    events.push(...this.finish(choice));
    // If it has no cost, a later event may have one.
    if (this.closed && chunk.usage && costOf(chunk.usage) !== null) events.push(...this.pendingUsage());
    return events;
  }

  private start(chunk: Chunk): readonly ProviderEvent[] {
    if (this.started || (chunk.id === undefined && chunk.model === undefined && chunk.provider === undefined))
      return [];
    this.started = true;
    return [
      {
        type: 'started',
        model: chunk.model ? modelId(chunk.model) : null,
        provider: chunk.provider ?? null,
        generationId: generationIdFromEvent(chunk.id),
      },
    ];
  }

  private content(delta: Delta | undefined): readonly ProviderEvent[] {
    if (!delta) return [];
    return [...this.pieceOf('reasoning', reasoningOf(delta)), ...this.pieceOf('text', contentOf(delta))];
  }

  private finish(choice: Choice | undefined): readonly ProviderEvent[] {
    const reason = choice?.finish_reason;
    if (reason === undefined || reason === '' || this.finishReason !== undefined || this.failure) return [];
    if (reason === 'error') {
      this.failure = { code: 'UPSTREAM', detail: this.context.redact(errorlessReason(choice?.native_finish_reason)) };
      return [];
    }
    this.finishReason = reason;
    return [{ type: 'finished', reason, nativeReason: choice?.native_finish_reason ?? null }];
  }

  /** An error after a complete reply is ignored. */
  private fail(error: ErrorBody): void {
    if (!this.whole) this.failure ??= failureOfError(error, this.context);
  }

  private broken(reason: FailureReason): readonly ProviderEvent[] {
    if (this.whole) this.marked = true;
    else this.failure ??= { code: 'PROTOCOL', detail: '', reason, host: this.context.host };
    return [];
  }

  private pendingUsage(): readonly ProviderEvent[] {
    if (!this.usage || this.isUsageSent) return [];
    this.isUsageSent = true;
    const cost = costOf(this.usage);
    return cost !== null || isCounted(this.usage) ? [{ type: 'usage', usage: tokenUsageOf(this.usage), cost }] : [];
  }

  private pieceOf(type: 'text' | 'reasoning', piece: string): readonly ProviderEvent[] {
    if (piece === '') return [];
    const whole = this.halves[type] + piece;
    this.halves[type] = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    const text = whole.slice(0, whole.length - this.halves[type].length);
    return text === '' ? [] : [{ type, text }];
  }

  private remainingHalf(type: 'text' | 'reasoning'): readonly ProviderEvent[] {
    if (this.halves[type] === '') return [];
    this.halves[type] = '';
    return [{ type, text: '\ufffd' }];
  }
}

/** Without a cost, the price is computed from these counts; missing ones or an empty prompt would make it zero. */
const isCounted = (usage: Usage): boolean => (usage.prompt_tokens ?? 0) > 0 && usage.completion_tokens !== undefined;

const errorlessReason = (native: string | undefined): string =>
  native === undefined || native === 'error' ? '' : native;

function contentOf(delta: Delta): string {
  const { content } = delta;
  const text = typeof content === 'string' ? content : (content ?? []).map((part) => part?.text ?? '').join('');
  return text === '' ? (delta.refusal ?? '') : text;
}

/** `reasoning` and `reasoning_details` have the same text; only one of them is emitted. */
function reasoningOf(delta: Delta): string {
  if (delta.reasoning) return delta.reasoning;
  const details = (delta.reasoning_details ?? []).map((detail) => detail?.text ?? detail?.summary ?? '').join('');
  return details === '' ? (delta.reasoning_content ?? '') : details;
}
