import { type EventSourceParser, createParser } from 'eventsource-parser';

export interface DecoderLimits {
  /** Longest event or line, in UTF-16 units of its text. */
  readonly maxEventLength: number;
  /** Longest whole reply, in bytes as decoded by the transport. */
  readonly maxReplyBytes: number;
}

export const DEFAULT_DECODER_LIMITS: DecoderLimits = { maxEventLength: 1024 * 1024, maxReplyBytes: 16 * 1024 * 1024 };

export type SseEvent =
  | { readonly type: 'data'; readonly name: string | undefined; readonly data: string }
  /** A line that starts with a colon: the server is alive. */
  | { readonly type: 'comment' }
  /** A limit was passed; nothing is decoded after this. */
  | { readonly type: 'oversized'; readonly what: 'event' | 'reply'; readonly limit: number };

const FIELD = 'data: ';
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Server-sent events out of bytes cut anywhere. Rules: WHATWG HTML, "Interpreting an event stream". One streaming
 * TextDecoder serves the whole body, because a cut may fall inside a character.
 */
export class SseDecoder {
  private readonly text = new TextDecoder('utf-8');
  private readonly parser: EventSourceParser;
  /** The parser drops the rest of a chunk when a callback throws, so callbacks only collect. */
  private collected: SseEvent[] = [];
  private receivedBytes = 0;
  private overflown = false;
  private atLineStart = true;
  private startOfText = '';
  private seenEvent = false;

  constructor(private readonly limits: DecoderLimits = DEFAULT_DECODER_LIMITS) {
    this.parser = createParser({
      // It counts the name of the field as well.
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

  /** The text of the body, up to the longest event, while no event has been seen in it; empty afterwards. */
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

  /** @returns the events that the end completes, and whether an event was cut off by it: that one is not dispatched. */
  end(): { readonly events: readonly SseEvent[]; readonly cutOff: boolean } {
    if (this.overflown) return { events: this.take(), cutOff: false };
    this.parse(this.text.decode());
    const events = this.take();
    // What a blank line would dispatch now is an event that the sender had not finished.
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

  /** Where bodies were joined a mark stands before a field, which then would be none: its event would be missing unseen. */
  private withoutMarks(text: string): string {
    const first = this.atLineStart && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    this.atLineStart = /[\r\n]$/.test(text);
    return first.replace(/(?<=[\r\n])\ufeff/g, '');
  }

  /** The parser's own limit is on what it holds back; what arrives whole in one chunk passes it. */
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
