import { mock } from 'node:test';
import type { ProviderEvent } from '../../src/domain/ports/provider';
import type { StreamTimeouts } from '../../src/infrastructure/openrouter/watchdog';
import { HandClock } from '../support/handClock';
import { collect, pieces, providerAt } from '../unit/infrastructure/openrouter/harness';
import { type RawStep, head, withRawServer } from '../support/rawServer';
import { type BodyStep, SSE, type StreamKind, type WireKind } from './streamKind';

/** Bytes that arrive one after another without a pause, or time that passes. */
type Segment = Uint8Array | { readonly passMs: number };
export type Cutting = (bytes: Uint8Array) => readonly Uint8Array[];

export const everyBytes =
  (size: number): Cutting =>
  (bytes) =>
    pieces(bytes, size);
export const onceAt =
  (at: number): Cutting =>
  (bytes) =>
    [bytes.subarray(0, at), bytes.subarray(at)].filter((piece) => piece.length > 0);

export function segmentsOf(body: readonly BodyStep[]): readonly Segment[] {
  const segments: Segment[] = [];
  for (const step of body) {
    if (typeof step === 'object' && 'passMs' in step) segments.push(step);
    else {
      const last = segments.at(-1);
      const bytes = Buffer.from(step);
      if (last instanceof Uint8Array) segments[segments.length - 1] = Buffer.concat([last, bytes]);
      else segments.push(bytes);
    }
  }
  return segments;
}

export interface MemoryPlay {
  readonly events: readonly ProviderEvent[];
  /** The silence at the end has passed, and the client has not closed the connection. */
  readonly stillWaited: boolean;
}

/**
 * The answer as the client reads it, each piece one read. The hand-driven clock moves while the client waits for the
 * next one.
 */
export async function playFromMemory(kind: StreamKind, cutting: Cutting): Promise<MemoryPlay> {
  const clock = new HandClock();
  let over = false;
  let stillWaited = false;
  const steps = segmentsOf(kind.body).flatMap((segment): readonly Segment[] =>
    segment instanceof Uint8Array ? cutting(segment) : [segment],
  );
  const pass = (ms: number): void => {
    clock.pass(ms);
    mock.timers.tick(ms);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
          if (step instanceof Uint8Array) return controller.enqueue(step);
          pass(step.passMs);
        }
        if (kind.end === 'rst')
          return controller.error(
            new TypeError('terminated', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) }),
          );
        if (kind.end === undefined || kind.end === 'fin') return controller.close();
        pass(kind.end.silenceMs);
        setImmediate(() => {
          stillWaited = !over;
          controller.error(new Error('the time of the silence is over'));
        });
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
  const answer = async (): Promise<Response> =>
    new Response(body, { status: kind.status ?? 200, headers: kind.headers ?? SSE });
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const events = await collect(providerAt('http://wire.test/api/v1', {}, { fetch: answer, clock }));
    over = true;
    return { events, stillWaited };
  } finally {
    mock.timers.reset();
  }
}

export interface SocketPlay {
  readonly events: readonly ProviderEvent[];
  /** How many reads the client's transport made of the body. */
  readonly reads: number;
}

/** The same over TCP, where the kernel may join what was written in pieces. */
export async function playOverSocket(kind: StreamKind | WireKind, pieceSize: number | undefined): Promise<SocketPlay> {
  const seen = new Seen(
    'wire' in kind
      ? 1
      : segmentsOf(kind.body).reduce((sum, segment) => sum + (segment instanceof Uint8Array ? segment.length : 0), 0),
  );
  const size = pieceSize === undefined ? {} : { pieceSize };
  const bytes: Uint8Array =
    'wire' in kind
      ? Buffer.from(kind.wire)
      : Buffer.concat(segmentsOf(kind.body).filter((segment) => segment instanceof Uint8Array));
  const script: RawStep[] =
    'wire' in kind
      ? []
      : [{ send: head(`${kind.status ?? 200} Answer`, { ...(kind.headers ?? SSE), connection: 'close' }) }];
  script.push({ send: bytes, ...size });
  // A reset may overtake data in transit.
  if (kind.end === 'rst' && bytes.length > 0) script.push({ until: seen.all });
  script.push({ end: typeof kind.end === 'object' ? 'stall' : (kind.end ?? 'fin') });
  const timeouts = (): Partial<StreamTimeouts> =>
    SHORT[kind.expected.outcome === 'TIMEOUT' ? 'beforeText' : 'afterText'];
  const events = await withRawServer(script, (server) =>
    collect(providerAt(server.baseUrl, {}, { fetch: seen.fetch, timeouts })),
  );
  return { events, reads: seen.reads };
}

const SHORT: Readonly<Record<'beforeText' | 'afterText', Partial<StreamTimeouts>>> = {
  beforeText: { firstByteMs: 300, idleMs: 300 },
  afterText: { idleMs: 600, trailerMs: 300 },
};

/** Counts what comes out of the transport on its way to the client. */
class Seen {
  reads = 0;
  private bytes = 0;
  private tell: () => void = () => undefined;
  readonly all = new Promise<void>((resolve) => (this.tell = resolve));

  constructor(private readonly expectedBytes: number) {}

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const counted = response.body?.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (piece, controller) => {
          this.reads += 1;
          this.bytes += piece.length;
          controller.enqueue(piece);
          if (this.bytes >= this.expectedBytes) this.tell();
        },
      }),
    );
    return new Response(counted ?? null, { status: response.status, headers: response.headers });
  };
}
