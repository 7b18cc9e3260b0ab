import { LLMock } from '@copilotkit/aimock';
import type { MessageState } from '../../src/domain/conversation';
import type { FailureCode } from '../../src/domain/failure';
import type { ChatProvider, ChatRequest, ProviderEvent } from '../../src/domain/ports/provider';
import type { Timers } from '../../src/domain/ports/system';
import { systemTimers } from '../../src/infrastructure/system/system';
import { testCore } from '../support/testCore';
import { breachesOf } from '../support/replyExpectation';
import { ScriptedProvider } from '../support/scriptedProvider';
import { CANARY_KEY, providerAt } from '../unit/infrastructure/openrouter/harness';
import { fault } from './faultReport';
import { bySize } from './faultScale';

type Chaos = Parameters<LLMock['on']>[2];

const TEXT = 'One two three four five six seven eight.';

interface Mode {
  readonly name: string;
  readonly chaos: Chaos;
  readonly state: MessageState;
  readonly code?: FailureCode;
  /** How much of the text is kept. */
  readonly kept: 'all' | 'part' | 'nothing';
  /** 1 unless given. */
  readonly requests?: number;
}

const MODES: readonly Mode[] = [
  { name: 'no chaos', chaos: {}, state: 'complete', kept: 'all' },
  { name: 'keep-alive comments', chaos: { openRouterProcessing: true }, state: 'complete', kept: 'all' },
  { name: 'a late answer', chaos: { chaos: { latencyMs: 20 } }, state: 'complete', kept: 'all' },
  { name: 'a dropped request', chaos: { chaos: { dropRate: 1 } }, state: 'failed', code: 'UPSTREAM', kept: 'nothing' },
  {
    name: 'a malformed answer',
    chaos: { chaos: { malformedRate: 1 } },
    state: 'failed',
    code: 'PROTOCOL',
    kept: 'nothing',
  },
  {
    name: 'a rate limit',
    chaos: { chaos: { rateLimitRate: 1 } },
    state: 'failed',
    code: 'RATE_LIMIT',
    kept: 'nothing',
    requests: 4,
  },
  {
    name: 'a broken connection',
    chaos: { chaos: { disconnectRate: 1 } },
    state: 'failed',
    code: 'NETWORK',
    kept: 'nothing',
  },
  // Data written at the moment of the break is lost, so each event gets time to be sent.
  ...[4, 6, 8].map((chunks): Mode => ({
    name: `a reply cut off after ${chunks} events`,
    chaos: { truncateAfterChunks: chunks, latency: 10 },
    state: 'interrupted',
    code: 'TRUNCATED',
    kept: 'part',
  })),
];

/** No waits between requests. */
const NO_WAITS: Timers = { after: (_, action) => systemTimers.after(0, action) };

/** The real client in place of the scripted one. */
class RealStreams extends ScriptedProvider {
  /** Of each request. */
  readonly told: ProviderEvent[][] = [];

  constructor(private readonly real: ChatProvider) {
    super();
  }

  override async *stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    const told: ProviderEvent[] = [];
    this.told.push(told);
    for await (const event of this.real.stream(request, signal)) {
      told.push(event);
      yield event;
    }
  }
}

/** One question through the whole product. @returns what is wrong with its stored reply */
async function mistakesUnder({ chaos, state, code, kept, requests = 1 }: Mode): Promise<readonly string[]> {
  const mock = new LLMock({ host: '127.0.0.1', port: 0, chunkSize: 5 });
  mock.on({ predicate: () => true }, { content: TEXT, usage: { prompt_tokens: 9, completion_tokens: 8 } }, chaos);
  await mock.start();
  const provider = new RealStreams(providerAt(`${mock.url}/api/v1`));
  const core = testCore({ provider, timers: NO_WAITS });
  try {
    const turn = await core.orchestrator.send({ conversationId: null, text: 'Why?', attachments: [] });
    await turn.done;
    const reply = (await core.store.load(turn.conversationId))?.messages.get(turn.replyId);
    const part = reply?.content ?? '';
    const mistakes = provider.told.flatMap((told) => breachesOf(told, CANARY_KEY));
    if (reply?.state !== state) mistakes.push(`the reply is ${reply?.state}`);
    if (reply?.failure?.code !== code) mistakes.push(`it failed with ${reply?.failure?.code}`);
    if (
      kept === 'all'
        ? part !== TEXT
        : kept === 'nothing'
          ? part !== ''
          : !(TEXT.startsWith(part) && part !== '' && part !== TEXT)
    )
      mistakes.push(`it kept "${part}"`);
    if (mock.getRequests().length !== requests) mistakes.push(`${mock.getRequests().length} requests were sent`);
    return mistakes;
  } finally {
    await core.dispose();
    await mock.stop();
  }
}

describe('faults: chaos', () => {
  fault('W4', 'chaos of a mock server, to the stored reply', 5 * 60_000, async ({ tally }) => {
    for (let round = 0; round < bySize({ quick: 1, full: 10 }); round++) {
      for (const mode of MODES) {
        tally.case();
        for (const mistake of await mistakesUnder(mode)) tally.wrong(`${mode.name}: ${mistake}`);
      }
    }
    tally.note(`${MODES.length} kinds of chaos`);
  });
});
