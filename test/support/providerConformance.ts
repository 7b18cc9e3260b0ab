import assert from 'node:assert/strict';
import type { FailureCode } from '../../src/domain/failure';
import { generationId, modelId } from '../../src/domain/ids';
import type {
  ChatProvider,
  ChatRequest,
  Connection,
  ConnectionSource,
  ProviderEvent,
} from '../../src/domain/ports/provider';
import {
  type RawRequest,
  type RawServer,
  type RawStep,
  closeDelimited,
  startRawServer,
  withRawServer,
} from './rawServer';
import { type Expected, breachesOf, inJson, mistakeIn } from './replyExpectation';

/** Recordings of one kind of server, and their meaning. */
export interface ProviderFixture {
  readonly server: string;
  readonly replies: readonly {
    readonly name: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
    readonly expected: Expected;
  }[];
  readonly errors: readonly {
    readonly name: string;
    readonly status: number;
    readonly body: unknown;
    readonly code: FailureCode;
  }[];
  readonly models: { readonly body: unknown; readonly ids: readonly string[] };
  /** Of GET by the last part of its path, besides the models; 404 for all others. */
  readonly answers: Readonly<Record<string, unknown>>;
}

export type ProviderFactory = (connections: ConnectionSource) => ChatProvider;

const KEY = 'sk-conformance-0123456789abcdef0123456789abcdef';
const REQUEST: ChatRequest = {
  model: modelId('any/model'),
  turns: [{ role: 'user', content: 'Hello' }],
  maxTokens: 64,
};
const JSON_TYPE = { 'content-type': 'application/json' };
const REDIRECTS = [301, 302, 303, 307, 308];
const PIECE_SIZES = [1, 17, undefined];
/** A reply is cut off, and aborted, at so many places. */
const CUTS = 24;

/** Everything a provider does that goes over the network. */
const CALLS: Readonly<Record<string, (provider: ChatProvider, signal: AbortSignal) => Promise<unknown>>> = {
  stream: (provider, signal) => eventsOf(provider, signal),
  listModels: (provider, signal) => provider.listModels(signal),
  checkKey: (provider, signal) => provider.checkKey(signal),
  'checkKey with another key': (provider, signal) => provider.checkKey(signal, KEY),
  generation: (provider, signal) => provider.generation(generationId('gen-1'), signal),
};

/** Registers the tests of the contract that `ChatProvider` in domain/ports.ts states, for one kind of server. */
export function itKeepsTheContract(create: ProviderFactory, fixture: ProviderFixture): void {
  const at = (server: RawServer, connection: Partial<Connection> = {}): ChatProvider =>
    create({
      current: async () => ({
        baseUrl: server.baseUrl,
        origin: server.origin,
        key: KEY,
        keyRequired: false,
        isOpenRouter: false,
        ...connection,
      }),
    });
  const [whole] = fixture.replies.filter(({ expected }) => expected.outcome === 'complete');
  assert.ok(whole, `the fixture of ${fixture.server} has a whole reply`);
  const start = closeDelimited('200 OK', whole.headers);
  const stalled: readonly RawStep[] = [
    { send: start },
    { send: whole.body.subarray(0, endOfFirstText(whole.body, whole.expected.text ?? '')) },
    { end: 'stall' },
  ];

  for (const { name, headers, body, expected } of fixture.replies) {
    it(`reads a recorded reply: ${name}`, async () => {
      for (const size of PIECE_SIZES) {
        const script: RawStep[] = [
          { send: closeDelimited('200 OK', headers) },
          { send: body, ...(size === undefined ? {} : { pieceSize: size }) },
          { end: 'fin' },
        ];
        const events = await withRawServer(script, (server) => eventsOf(at(server)));
        assert.equal(mistakeIn(events, expected, KEY), undefined, `${size ?? 'all'} bytes a write`);
      }
    });
  }

  it('never reports an incomplete reply as complete, wherever it is cut off', async () => {
    for (const cutAt of places(whole.body.length)) {
      const events: readonly ProviderEvent[] = await withRawServer(
        [{ send: start }, { send: whole.body.subarray(0, cutAt) }, { end: 'fin' }],
        (server) => eventsOf(at(server)),
      );
      assert.deepEqual(breachesOf(events, KEY), []);
      const end = events.at(-1);
      assert.ok(end?.type === 'ended' && end.outcome.kind !== 'aborted');
      if (end.outcome.kind === 'complete') assert.equal(textOf(events), whole.expected.text, `cut at ${cutAt}`);
    }
  });

  it('ends aborted, and closes the connection, when it is aborted at any event', async () => {
    for (let count = 0, last: ProviderEvent['type'] | undefined; last !== 'text'; count++) {
      await withRawServer(stalled, async (server) => {
        const controller = new AbortController();
        const seen: ProviderEvent[] = [];
        if (count === 0) controller.abort();
        for await (const event of at(server).stream(REQUEST, controller.signal))
          if (seen.push(event) === count) controller.abort();
        assert.deepEqual(seen.at(-1), { type: 'ended', outcome: { kind: 'aborted' } }, `aborted at event ${count}`);
        assert.deepEqual(breachesOf(seen, KEY), []);
        assert.equal(server.requests.length, count === 0 ? 0 : 1);
        await server.clientGone();
        last = seen[count - 1]?.type;
      });
    }
  });

  it('closes the connection when the loop is left at any event', async () => {
    for (const until of ['opened', 'started', 'text'] as const) {
      await withRawServer(stalled, async (server) => {
        for await (const { type } of at(server).stream(REQUEST, new AbortController().signal))
          if (type === until) break;
        await server.clientGone();
      });
    }
  });

  it('closes the connection after the end marker if the server keeps it open', async () => {
    await withRawServer([{ send: start }, { send: whole.body }, { end: 'stall' }], async (server) => {
      assert.equal(mistakeIn(await eventsOf(at(server)), whole.expected, KEY), undefined);
      await server.clientGone();
    });
  });

  for (const { name, status, body, code } of fixture.errors) {
    it(`fails with ${code}: ${name}`, async () => {
      const echo = JSON.stringify(body).replace(/"message":"/, `"message":"${KEY} `);
      await withRawServer(
        [{ send: closeDelimited(`${status} Answer`, JSON_TYPE, echo) }, { end: 'fin' }],
        async (server) => {
          const events = await eventsOf(at(server));
          const end = events.at(-1);
          assert.ok(end?.type === 'ended' && end.outcome.kind === 'failed');
          assert.deepEqual([end.outcome.failure.code, end.outcome.sent], [code, true]);
          assert.deepEqual(breachesOf(events, KEY), []);
          assert.equal(server.requests.length, 1, 'nothing is sent again');
        },
      );
    });
  }

  it('asks once, with the model, the question and the most tokens it may take', async () => {
    await withRawServer([{ send: start }, { send: whole.body }, { end: 'fin' }], async (server) => {
      await eventsOf(at(server));
      const [request, ...others] = server.requests;
      assert.deepEqual(others, []);
      const body = JSON.parse(request?.body ?? '') as Readonly<Record<string, unknown>>;
      assert.deepEqual([body['model'], body['stream']], ['any/model', true]);
      assert.match(request?.body ?? '', /"max_(?:completion_)?tokens":64\b/);
      assert.match(request?.body ?? '', /"Hello"/);
    });
  });

  it('lists the models', async () => {
    await withRawServer(serving(fixture), async (server) => {
      const list = await at(server).listModels(new AbortController().signal);
      assert.deepEqual(list.kind === 'ok' && list.models.map(({ id }) => id), fixture.models.ids);
    });
  });

  it('accepts the keys that the server accepts', async () => {
    await withRawServer(serving(fixture), async (server) =>
      assert.equal((await at(server).checkKey(new AbortController().signal)).kind, 'ok'),
    );
    await withRawServer(
      [
        { send: closeDelimited('401 Unauthorized', JSON_TYPE, '{"error":{"message":"no","code":401}}') },
        { end: 'fin' },
      ],
      async (server) => {
        const check = await at(server).checkKey(new AbortController().signal);
        assert.equal(check.kind === 'failed' && check.failure.code, 'AUTH');
      },
    );
  });

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: shows the key to its own origin only`, async () => {
      await withRawServer(serving(fixture, whole.body), async (server) => {
        await call(at(server, { origin: 'https://elsewhere.test' }), new AbortController().signal);
        assert.ok(server.requests.length > 0);
        assert.doesNotMatch(inJson(server.requests), new RegExp(KEY));
      });
    });

    it(`${name}: follows no redirect`, async () => {
      const other = await startRawServer(serving(fixture, whole.body));
      for (const status of REDIRECTS) {
        for (const location of [
          `${other.origin}/api/v1/models`,
          `//${new URL(other.origin).host}/`,
          '/api/v1/elsewhere',
        ]) {
          await withRawServer(
            [{ send: closeDelimited(`${status} Moved`, { location }) }, { end: 'fin' }],
            async (server) => {
              const answer = inJson(await call(at(server), new AbortController().signal));
              assert.match(answer, /PROTOCOL/, `${status} to ${location}`);
              assert.equal(server.requests.length, 1);
            },
          );
        }
      }
      assert.deepEqual(other.requests, []);
      await other.dispose();
    });

    it(`${name}: never throws`, async () => {
      for (const script of TROUBLE) {
        const answer = await withRawServer(script, (server) => call(at(server), new AbortController().signal));
        assert.doesNotMatch(inJson(answer), new RegExp(KEY));
      }
      const gone = await startRawServer([]);
      await gone.dispose();
      assert.match(inJson(await call(at(gone), new AbortController().signal)), /NETWORK/);
      assert.match(inJson(await call(at(gone), AbortSignal.abort())), /NETWORK|aborted/);
      assert.match(
        inJson(
          await call(create({ current: () => Promise.reject(new Error('locked')) }), new AbortController().signal),
        ),
        /NETWORK/,
      );
    });
  }
}

const TROUBLE: readonly (readonly RawStep[])[] = [
  [{ end: 'fin' }],
  [{ end: 'rst' }],
  [{ send: 'HTTP/1.1 200' }, { end: 'fin' }],
  [{ send: 'nonsense\r\n\r\n' }, { end: 'fin' }],
  [{ send: closeDelimited('200 OK', { 'content-type': 'text/html' }, '<html>Sign in</html>') }, { end: 'fin' }],
  [{ send: closeDelimited('200 OK', JSON_TYPE, '{"data":') }, { end: 'fin' }],
  [{ send: closeDelimited('200 OK', JSON_TYPE, 'null') }, { end: 'fin' }],
  [
    { send: closeDelimited('200 OK', JSON_TYPE, '{"data":[null,7,{"id":5}],"choices":[{"delta":7}],"error":[]}') },
    { end: 'fin' },
  ],
  [{ send: closeDelimited('200 OK', { ...JSON_TYPE, 'content-length': '99' }, '{"data"') }, { end: 'fin' }],
  [{ send: closeDelimited('204 No Content', {}) }, { end: 'fin' }],
  [{ send: closeDelimited('500 Oops', { 'content-type': 'text/plain' }, '\0\ud800'.repeat(50)) }, { end: 'fin' }],
];

function serving(
  fixture: ProviderFixture,
  reply: Uint8Array = new Uint8Array(),
): (request: RawRequest) => readonly RawStep[] {
  return ({ method, path }) => {
    if (method === 'POST')
      return [
        { send: closeDelimited('200 OK', { 'content-type': 'text/event-stream' }) },
        { send: reply },
        { end: 'fin' },
      ];
    const last = path.replace(/\?.*/, '').split('/').at(-1) ?? '';
    const body = last === 'models' ? fixture.models.body : fixture.answers[last];
    return [
      {
        send: closeDelimited(
          body === undefined ? '404 Not Found' : '200 OK',
          body === undefined ? { 'content-type': 'text/plain' } : JSON_TYPE,
          body === undefined ? '404 page not found' : JSON.stringify(body),
        ),
      },
      { end: 'fin' },
    ];
  };
}

async function eventsOf(
  provider: ChatProvider,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const event of provider.stream(REQUEST, signal)) events.push(event);
  return events;
}

/** Behind the event in which the text begins. */
function endOfFirstText(body: Uint8Array, text: string): number {
  const bytes = Buffer.from(body);
  return bytes.indexOf('\n\n', bytes.indexOf(text.slice(0, 2))) + 2;
}

const textOf = (events: readonly ProviderEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

const places = (length: number): readonly number[] =>
  Array.from({ length: CUTS }, (_, n) => Math.floor((length * n) / CUTS));
