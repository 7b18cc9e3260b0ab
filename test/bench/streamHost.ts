import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PanelSession } from '../../src/application/panel/session';
import { ViewModels } from '../../src/application/panel/viewModels';
import { createCore } from '../../src/application/core';
import { Emitter } from '../../src/domain/emitter';
import type { Connection } from '../../src/domain/ports/provider';
import type { CoreEvent } from '../../src/domain/coreEvent';
import { OpenRouterProvider } from '../../src/infrastructure/openrouter/client';
import { randomIds, systemClock, systemTimers } from '../../src/infrastructure/system/system';
import { panelWords } from '../support/words';
import { defaultSettings, quarterCounter, silentLog } from '../support/testCore';
import { openBenchStore } from './benchStore';
import { STREAMS, type StreamResult, questionOf, replyTo } from './streamLoad';

/**
 * A process of its own that takes all streams in and says how it went, as one line of JSON. Arguments: who takes them
 * in, the server's address, the paths of the projection's worker and of `sql-wasm.wasm`.
 */
const [taker = '', baseUrl = '', workerPath = '', wasmPath = ''] = process.argv.slice(2);
const PROBE_MS = 5;
const REST_MS = 500;

interface Taken {
  readonly texts: readonly string[];
  readonly complete: number;
  readonly posted: number;
}

/** What arrives, with no product around it. */
async function floor(): Promise<Taken> {
  const texts = await Promise.all(
    Array.from({ length: STREAMS }, async (_, n) => {
      const response = await fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ messages: [{ role: 'user', content: questionOf(n) }] }),
      });
      let text = '';
      for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()))
        text += piece;
      return [...text.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content).join('');
    }),
  );
  return { texts, complete: texts.length, posted: 0 };
}

/** Every conversation in a visible panel of its own. What is posted is put into words, as the editor does with it. */
function wholeCore(directory: string) {
  const { store } = openBenchStore(directory, { workerPath, wasmPath });
  const connection: Connection = {
    baseUrl,
    origin: new URL(baseUrl).origin,
    key: 'sk-or-bench',
    keyRequired: true,
    isOpenRouter: true,
  };
  const connections = { current: () => Promise.resolve(connection) };
  const settings = { current: () => ({ ...defaultSettings, maxOutputTokens: 4_000, dailyLimitNanoUsd: null }) };
  const bus = new Emitter<CoreEvent>((error) => {
    throw error;
  });
  const clock = systemClock;
  const provider = new OpenRouterProvider({ connections, clock });
  const core = createCore({
    store,
    provider,
    connections,
    settings,
    counter: quarterCounter,
    bus,
    clock,
    log: silentLog,
    timers: systemTimers,
    ids: randomIds,
    random: Math.random,
  });
  const { conversations, catalogue, ledger, circuits } = core;
  const views = new ViewModels({
    ...{ conversations, catalogue, ledger, circuits, settings, connections, clock, words: panelWords },
    theme: () => 'auto',
  });
  let posted = 0;
  const aPanel = (): PanelSession =>
    new PanelSession({
      views,
      conversations: core.conversations,
      settings,
      bus,
      timers: systemTimers,
      quoting: { quote: (input) => core.orchestrator.quote(input), timers: systemTimers },
      warmUp: () => undefined,
      post: (message) => {
        posted += JSON.stringify(message).length > 0 ? 1 : 0;
      },
    });
  const take = async (): Promise<Taken> => {
    const turns = await Promise.all(
      Array.from({ length: STREAMS }, async (_, n) => {
        const id = await core.orchestrator.create();
        const panel = aPanel();
        await panel.ready(true);
        await panel.show(id);
        return core.orchestrator.send({ conversationId: id, text: questionOf(n), attachments: [] });
      }),
    );
    await Promise.all(turns.map(({ done }) => done));
    const replies = await Promise.all(
      turns.map(async ({ conversationId, replyId }) => (await store.load(conversationId))?.messages.get(replyId)),
    );
    return {
      texts: replies.map((reply) => reply?.content ?? ''),
      complete: replies.filter((reply) => reply?.state === 'complete').length,
      posted,
    };
  };
  return { take, getReady: () => store.conversations(), close: () => core.close() };
}

/** How late a timer of 5 ms comes, as long as `work` takes. */
async function underWatch(work: () => Promise<Taken>): Promise<StreamResult> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const atRest = process.memoryUsage();
  let [heapAtMost, rssAtMost] = [atRest.heapUsed, atRest.rss];
  const lags: number[] = [];
  let dueMs = performance.now() + PROBE_MS;
  const probe = setInterval(() => {
    lags.push(Math.max(0, performance.now() - dueMs));
    dueMs = performance.now() + PROBE_MS;
  }, PROBE_MS);
  const memory = setInterval(() => {
    const { heapUsed, rss } = process.memoryUsage();
    [heapAtMost, rssAtMost] = [Math.max(heapAtMost, heapUsed), Math.max(rssAtMost, rss)];
  }, 100);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const taken = await work();
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(probe);
  clearInterval(memory);
  lags.sort((a, b) => a - b);
  const at = (part: number): number => lags[Math.min(lags.length - 1, Math.floor(lags.length * part))] ?? NaN;
  const lostCharacters = taken.texts.reduce(
    (sum, text, n) =>
      sum + (text === replyTo(questionOf(n)) ? 0 : Math.max(1, replyTo(questionOf(n)).length - text.length)),
    0,
  );
  return {
    ...{
      complete: taken.complete,
      posted: taken.posted,
      lostCharacters,
      tookMs,
      cpuShare: (user + system) / 1000 / tookMs,
    },
    lagMs: { p50: at(0.5), p99: at(0.99), most: at(1) },
    memory: { heapAtRest: atRest.heapUsed, heapAtMost, rssAtRest: atRest.rss, rssAtMost },
  };
}

async function run(): Promise<void> {
  if (taker === 'floor') return console.log(JSON.stringify(await underWatch(floor)));
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-streams-'));
  try {
    const core = wholeCore(directory);
    await core.getReady();
    const result = await underWatch(core.take);
    await core.close();
    console.log(JSON.stringify(result));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

void run().then(() => process.exit(0));
