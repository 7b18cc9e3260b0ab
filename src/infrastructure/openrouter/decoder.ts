import { type EventSourceParser, createParser } from 'eventsource-parser';

export interface DecoderLimits {
  /** Longest event or line, in UTF-16 units. */
  readonly maxEventLength: number;
  /** Longest reply, in bytes after the transport's decompression. */
  readonly maxReplyBytes: number;
}

export const DEFAULT_DECODER_LIMITS: DecoderLimits = { maxEventLength: 1024 * 1024, maxReplyBytes: 16 * 1024 * 1024 };

export type SseEvent =
  | { readonly type: 'data'; readonly name: string | undefined; readonly data: string }
  /** A line that starts with a colon, sent to keep the connection alive. */
  | { readonly type: 'comment' }
  /** A limit was exceeded. Nothing is decoded after this. */
  | { readonly type: 'oversized'; readonly what: 'event' | 'reply'; readonly limit: number };

const FIELD = 'data: ';
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Decodes server-sent events from chunks of any size. Rules: WHATWG HTML, "Interpreting an event stream". One streaming
 * TextDecoder serves the whole body, because a chunk may end inside a character.
 */
export class SseDecoder {
  private readonly text = new TextDecoder('utf-8');
  private readonly parser: EventSourceParser;
  /** The parser drops the rest of a chunk if a callback throws, so callbacks only collect. */
  private collected: SseEvent[] = [];
  private receivedBytes = 0;
  private overflown = false;
  private atLineStart = true;
  private startOfText = '';
  private seenEvent = false;

  constructor(private readonly limits: DecoderLimits = DEFAULT_DECODER_LIMITS) {
    this.parser = createParser({
      // The parser's limit includes the field name.
      maxBufferSize: limits.maxEventLength + FIELD.length,
      onEvent: (event) => {
        this.seenEvent = true;
        this.accept(event.data, { type: 'data', name: event.event, data: event.data });
      },
      onComment: (comment) => this.accept(comment, { type: 'comment' }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') this.overflow('event');
      },
    });
  }

  /** The start of the body until the first event; empty afterwards. */
  get head(): string {
    return this.seenEvent ? '' : this.startOfText;
  }

  feed(bytes: Uint8Array): readonly SseEvent[] {
    if (this.overflown) return [];
    const room = this.limits.maxReplyBytes - this.receivedBytes;
    const accepted = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.receivedBytes += accepted.length;
    this.parse(this.text.decode(accepted, { stream: true }));
    if (accepted.length < bytes.length) this.overflow('reply');
    return this.take();
  }

  /** @returns the remaining events, and whether the body ended inside an event, which is not dispatched */
  end(): { readonly events: readonly SseEvent[]; readonly cutOff: boolean } {
    if (this.overflown) return { events: this.take(), cutOff: false };
    this.parse(this.text.decode());
    const events = this.take();
    // An event that a blank line would dispatch now is unfinished.
    if (!this.overflown) this.parser.feed('\n\n');
    return { events, cutOff: this.take().some((event) => event.type === 'data') };
  }

  private parse(text: string): void {
    if (text === '' || this.overflown) return;
    const { maxEventLength } = this.limits;
    if (!this.seenEvent && this.startOfText.length < maxEventLength)
      this.startOfText += text.slice(0, maxEventLength - this.startOfText.length);
    this.parser.feed(this.withoutMarks(text));
  }

  /** Removes byte order marks inside the body, left by joined bodies. The parser would ignore the field after one. */
  private withoutMarks(text: string): string {
    const first = this.atLineStart && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    this.atLineStart = /[\r\n]$/.test(text);
    return first.replace(/(?<=[\r\n])\ufeff/g, '');
  }

  /** The parser's own limit applies only to buffered text, not to events that arrive in one chunk. */
  private accept(text: string, event: SseEvent): void {
    if (text.length > this.limits.maxEventLength) this.overflow('event');
    else if (!this.overflown) this.collected.push(event);
  }

  private overflow(what: 'event' | 'reply'): void {
    if (this.overflown) return;
    this.overflown = true;
    this.collected.push({
      type: 'oversized',
      what,
      limit: what === 'event' ? this.limits.maxEventLength : this.limits.maxReplyBytes,
    });
  }

  private take(): readonly SseEvent[] {
    const events = this.collected;
    this.collected = [];
    return events;
  }
}
