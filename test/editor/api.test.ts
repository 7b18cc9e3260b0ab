import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConversationInfo, MessageInfo, NeuralTerminalApi, SendEvent, SendOptions } from '../../src/api';
import { type OpenRouterEmulator, startOpenRouterEmulator } from '../support/openRouterEmulator';

const EXTENSION = 'neural-terminal.neural-terminal';
const CANARY = 'sk-or-v1-canary-0123456789abcdef';

describe('the extension in a real extension host', () => {
  let api: NeuralTerminalApi;
  let emulator: OpenRouterEmulator;
  const set = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('neuralTerminal').update(key, value, vscode.ConfigurationTarget.Global);
  const collect = async (id: string, text: string, options?: SendOptions): Promise<SendEvent[]> => {
    const events: SendEvent[] = [];
    for await (const event of api.send(id, text, options)) events.push(event);
    return events;
  };
  const done = (events: readonly SendEvent[]): MessageInfo => {
    const last = events.at(-1);
    return last?.type === 'done' ? last.message : assert.fail(`no done, but ${JSON.stringify(last)}`);
  };
  const deltas = (events: readonly SendEvent[]): string =>
    events.map((e) => (e.type === 'delta' ? e.text : '')).join('');
  const chats = (): number => emulator.requests.filter((r) => r.path.endsWith('/chat/completions')).length;
  const aConversation = (): Promise<ConversationInfo> => api.createConversation({ title: 'Test' });
  const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'not refused',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
    );

  before(async () => {
    emulator = await startOpenRouterEmulator({ tokensPerSecond: 2000, timeToFirstTokenMs: 5 });
    await set('baseUrl', emulator.baseUrl);
    await set('input.minIntervalMs', 0);
    await set('budget.dailyUsd', 500);
    // A key in the environment is OpenRouter's: nothing on loopback may ever see it.
    process.env['OPENROUTER_API_KEY'] = CANARY;
    const extension = vscode.extensions.getExtension<NeuralTerminalApi>(EXTENSION);
    assert.ok(extension, 'the extension is installed');
    api = await extension.activate();
  });
  after(async () => {
    await emulator.dispose();
  });

  it('returns version 1 and registers every command', async () => {
    assert.equal(api.version, 1);
    const commands = await vscode.commands.getCommands(true);
    const manifest: { contributes: { commands: { command: string }[] } } =
      vscode.extensions.getExtension(EXTENSION)?.packageJSON;
    assert.deepEqual(
      manifest.contributes.commands.map((c) => c.command).filter((c) => !commands.includes(c)),
      [],
    );
  });

  it('lists models with their prices per million, and says null for an unknown one', async () => {
    const models = await api.models();
    const sonnet = models.find((m) => m.id === 'anthropic/claude-sonnet-5');
    assert.deepEqual([sonnet?.promptUsdPerMillion, sonnet?.completionUsdPerMillion], ['3', '15']);
    assert.deepEqual(
      models.filter((m) => m.id === 'openrouter/auto').map((m) => m.promptUsdPerMillion),
      [null],
    );
  });

  it('streams a reply, prices it as billed, stores it and tells the spend', async () => {
    const spends: string[] = [];
    const subscription = api.onDidChangeSpend((spend) => spends.push(spend.todayUsd));
    const before = Number((await api.spend()).todayUsd);
    const conversation = await api.createConversation({ systemPrompt: 'Be brief.' });
    const events = await collect(conversation.id, 'What does an SSE parser do?');
    subscription.dispose();
    const reply = done(events);
    assert.equal(reply.state, 'complete');
    assert.equal(reply.content, deltas(events));
    assert.ok(events.length > 5, 'it came in pieces');
    assert.deepEqual([reply.costSource, reply.costUsd], ['reported', emulator.bills.at(-1)?.costUsd]);
    assert.equal(reply.generationId, emulator.bills.at(-1)?.generationId);
    const spend = await api.spend();
    assert.ok(Math.abs(Number(spend.todayUsd) - before - Number(reply.costUsd)) < 1e-9);
    assert.equal(spend.reservedUsd, '0');
    assert.ok(spends.length > 0);
    const messages = await api.messages(conversation.id);
    assert.deepEqual(
      messages.map((m) => [m.role, m.state]),
      [
        ['user', 'complete'],
        ['assistant', 'complete'],
      ],
    );
    assert.deepEqual(messages[1], reply);
    const [newest] = await api.conversations({ limit: 1 });
    assert.deepEqual(
      [newest?.id, newest?.title, newest?.costUsd],
      [conversation.id, 'What does an SSE parser do?', reply.costUsd],
    );
  });

  it('always sends max_tokens, and the system prompt first', async () => {
    const conversation = await api.createConversation({ systemPrompt: 'Be brief.' });
    await collect(conversation.id, 'Hi', { maxTokens: 64, temperature: 0.5 });
    const body = emulator.requests.findLast((r) => r.path.endsWith('/chat/completions'))?.body;
    assert.ok(isChatBody(body));
    assert.deepEqual(
      [body.max_tokens, body.temperature, body.messages[0]],
      [64, 0.5, { role: 'system', content: 'Be brief.' }],
    );
  });

  it('sends no environment key to another origin than OpenRouter’s', () => {
    assert.ok(emulator.requests.length >= 3);
    assert.deepEqual(
      emulator.requests.filter((r) => r.headers.authorization !== undefined),
      [],
    );
  });

  describe('refuses before sending', () => {
    const refused: readonly (readonly [string, string, (id: string) => Promise<unknown>])[] = [
      ['an empty message', 'EMPTY_INPUT', (id) => collect(id, '')],
      ['white space', 'EMPTY_INPUT', (id) => collect(id, ' \n\t')],
      ['a message over 32,000 characters', 'INPUT_TOO_LONG', (id) => collect(id, 'x'.repeat(32_001))],
      ['an unknown conversation', 'NOT_FOUND', () => collect('nowhere', 'Hi')],
      [
        'a second send while one streams',
        'BUSY',
        async (id) => {
          const first = collect(id, '[[slow]]', { signal: AbortSignal.timeout(500) });
          return collect(id, 'Hi').finally(() => first);
        },
      ],
      [
        'a double click',
        'TOO_SOON',
        async (id) => {
          await set('input.minIntervalMs', 5000);
          await collect(id, 'Hi').finally(() => set('input.minIntervalMs', 5000));
          return collect(id, 'Hi');
        },
      ],
      [
        'a request that the budget does not cover',
        'BUDGET_EXCEEDED',
        async (id) => {
          await set('budget.dailyUsd', 0.0001);
          return collect(id, 'Hi');
        },
      ],
      [
        'a model of unknown price',
        'PRICE_UNKNOWN',
        async () => collect((await api.createConversation({ model: 'openrouter/auto' })).id, 'Hi'),
      ],
      [
        'a model that is not listed',
        'NOT_FOUND',
        async () => collect((await api.createConversation({ model: 'no/such-model' })).id, 'Hi'),
      ],
    ];
    for (const [name, code, act] of refused) {
      it(`${name}: ${code}`, async () => {
        const { id } = await aConversation();
        const sent = chats();
        try {
          assert.equal(await codeOf(act(id)), code);
        } finally {
          await set('input.minIntervalMs', 0);
          await set('budget.dailyUsd', 500);
        }
        assert.ok(chats() - sent <= 1, 'the refused one was not sent');
      });
    }

    it('a raised limit acts at once', async () => {
      const { id } = await aConversation();
      await set('budget.dailyUsd', 0.0001);
      assert.equal(await codeOf(collect(id, 'Hi')), 'BUDGET_EXCEEDED');
      await set('budget.dailyUsd', 500);
      assert.equal(done(await collect(id, 'Hi')).state, 'complete');
    });
  });

  describe('ends in a defined state', () => {
    const endings: readonly (readonly [string, string, string | undefined])[] = [
      ['[[error:401]]', 'failed', 'AUTH'],
      ['[[error:402]]', 'failed', 'CREDITS'],
      ['[[error:429]]', 'failed', 'RATE_LIMIT'],
      ['[[html]]', 'failed', 'PROTOCOL'],
      ['[[cut]]', 'interrupted', 'TRUNCATED'],
      ['[[midstream-error]]', 'failed', undefined],
      ['[[empty]]', 'complete', undefined],
    ];
    for (const [prompt, state, code] of endings) {
      it(`${prompt}: ${state} ${code ?? ''}`, async () => {
        const { id } = await aConversation();
        const reply = done(await collect(id, prompt));
        assert.equal(reply.state, state);
        if (code !== undefined) assert.equal(reply.failure?.code, code);
        assert.deepEqual((await api.messages(id)).at(-1), reply);
        if (reply.failure)
          assert.ok(
            reply.failure.message.length > 10 && !/<html|undefined|\[object/i.test(reply.failure.message),
            reply.failure.message,
          );
      });
    }

    it('a rate limit that passes: a notice, and then the reply', async () => {
      const { id } = await aConversation();
      const sent = chats();
      const events = await collect(id, '[[error-once:429]]');
      assert.deepEqual(
        events.flatMap((e) => (e.type === 'notice' ? [e.code] : [])),
        ['RATE_LIMIT'],
      );
      assert.deepEqual([done(events).state, chats() - sent], ['complete', 2]);
    });

    it('a server that is gone: NETWORK, the question is stored, nothing is charged', async () => {
      const gone = await startOpenRouterEmulator();
      await set('baseUrl', gone.baseUrl);
      await api.models();
      await gone.dispose();
      const { id } = await aConversation();
      const reply = done(await collect(id, 'Hello?'));
      const spend = await api.spend();
      await set('baseUrl', emulator.baseUrl);
      assert.deepEqual([reply.state, reply.failure?.code], ['failed', 'NETWORK']);
      assert.ok(reply.failure?.message.includes('127.0.0.1'), reply.failure?.message);
      assert.deepEqual(
        (await api.messages(id)).map((m) => m.content),
        ['Hello?', ''],
      );
      assert.equal(spend.reservedUsd, '0');
    });

    it('a server that was never there: no price is known, and the words say why', async () => {
      await set('baseUrl', `http://127.0.0.1:${await closedPort()}/api/v1`);
      const { id } = await aConversation();
      const error = await collect(id, 'Hello?').then(
        () => undefined,
        (e: unknown) => e,
      );
      await set('baseUrl', emulator.baseUrl);
      assert.ok(error instanceof Error && 'code' in error && error.code === 'PRICE_UNKNOWN');
      assert.match(error.message, /Can’t reach 127\.0\.0\.1/);
    });

    it('a stop keeps the text and leaves the cost pending', async () => {
      const { id } = await aConversation();
      const stopping = new AbortController();
      const events: SendEvent[] = [];
      for await (const event of api.send(id, '[[slow]]', { signal: stopping.signal })) {
        events.push(event);
        if (deltas(events).length > 10) stopping.abort();
      }
      const reply = done(events);
      assert.deepEqual([reply.state, reply.costUsd, reply.costSource], ['cancelled', null, 'pending']);
      assert.ok(reply.content.length > 10 && reply.content.startsWith(deltas(events).slice(0, 10)));
      assert.notEqual((await api.spend()).pendingUsd, '0');
      assert.equal(await api.stop(id), false);
    });

    it('leaving the loop stops the reply', async () => {
      const { id } = await aConversation();
      for await (const event of api.send(id, '[[slow]]')) if (event.type === 'delta') break;
      const state = async () => (await api.messages(id)).at(-1)?.state;
      while ((await state()) === 'streaming') await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await state(), 'cancelled');
    });
  });

  it('drops the oldest turns of a small window and says how many stay', async () => {
    const { id } = await api.createConversation({ model: await smallModel(api) });
    const words = 'The quick brown fox jumps over the lazy dog. '.repeat(380);
    for (let i = 0; i < 3; i++) await collect(id, `${i} ${words}`);
    const body = emulator.requests.findLast((r) => r.path.endsWith('/chat/completions'))?.body;
    assert.ok(isChatBody(body));
    assert.equal(body.messages[0]?.content, '[Earlier conversation context truncated due to length]');
    assert.ok(body.messages.at(-1)?.content.startsWith('2 The quick'));
    assert.equal((await api.messages(id)).length, 6);
  });

  describe('keeps a history', () => {
    it('forks from any message: the prefix is shared and not paid again', async () => {
      const source = await api.createConversation({ systemPrompt: 'Be brief.' });
      await collect(source.id, 'One');
      const [question, answer] = await api.messages(source.id);
      const fork = await api.fork(answer?.id ?? assert.fail());
      assert.deepEqual(
        [fork.title, fork.status, fork.costUsd, fork.forkedFrom],
        ['One', 'forked', '0', { conversationId: source.id, messageId: answer?.id }],
      );
      assert.ok(fork.runNumber > source.runNumber);
      const reply = done(await collect(fork.id, 'Two'));
      const body = emulator.requests.findLast((r) => r.path.endsWith('/chat/completions'))?.body;
      assert.ok(isChatBody(body));
      assert.deepEqual(
        body.messages.map((m) => m.content),
        ['Be brief.', 'One', answer?.content, 'Two'],
      );
      assert.deepEqual((await api.messages(fork.id)).map((m) => m.id).slice(0, 2), [question?.id, answer?.id]);
      const listed = (await api.conversations({ status: 'forked' })).find((c) => c.id === fork.id);
      assert.equal(listed?.costUsd, reply.costUsd);
      const deeper = await api.fork(question?.id ?? assert.fail());
      assert.deepEqual(
        (await api.messages(deeper.id)).map((m) => m.content),
        ['One'],
      );
    });

    it('finds a message of any conversation, as many as asked for', async () => {
      const { id } = await aConversation();
      await collect(id, 'Where does the xylophonist live?');
      const hits = await api.search('xylophonist');
      assert.deepEqual([hits[0]?.conversationId, hits[0]?.messageId], [id, (await api.messages(id))[0]?.id]);
      assert.match(hits[0]?.excerpt ?? '', /xylophonist/);
      assert.deepEqual(await api.search('xylophonist role:assistant before:2000'), []);
      assert.equal((await api.search('role:user', { limit: 2 })).length, 2);
    });

    it('pages through the list, newest first', async () => {
      await aConversation();
      await aConversation();
      const all = await api.conversations();
      assert.deepEqual(
        (await api.conversations({ limit: 2, offset: 1 })).map((c) => c.id),
        all.slice(1, 3).map((c) => c.id),
      );
      assert.deepEqual(await api.conversations({ limit: -1 }), []);
      assert.deepEqual(
        all.map((c) => c.updatedAt),
        all
          .map((c) => c.updatedAt)
          .sort()
          .reverse(),
      );
    });

    it('exports what it can import again, which then changes nothing', async () => {
      const { id } = await aConversation();
      const reply = done(await collect(id, 'Export me'));
      const markdown = await api.exportConversation(id, 'markdown');
      for (const line of ['Export me', ...reply.content.split('\n')])
        assert.ok(markdown.includes(line), `“${line}” is missing`);
      const json = await api.exportConversation(id, 'json');
      assert.deepEqual(await api.importConversations(json), { added: 0, updated: 0 });
      let [before, after] = [await api.spend(), await api.spend()];
      // Again, should the bill of a reply that was stopped above have come in the midst of it.
      for (let n = 1; n === 1 || after.pendingUsd !== before.pendingUsd; n++) {
        before = await api.spend();
        const renamed = json
          .replaceAll(id, n === 1 ? 'imported-conversation' : `imported-${n}`)
          .replaceAll(reply.id, `imported-reply-${n}`)
          .replaceAll(reply.parentId ?? assert.fail(), `imported-question-${n}`);
        assert.deepEqual(await api.importConversations(renamed), { added: 1, updated: 0 });
        after = await api.spend();
      }
      assert.deepEqual(
        (await api.messages('imported-conversation')).map((m) => [m.content, m.costUsd]),
        [
          ['Export me', '0'],
          [reply.content, reply.costUsd],
        ],
      );
      assert.equal(after.todayUsd, before.todayUsd, 'what was imported was not spent here');
    });

    const refused: readonly (readonly [string, string, () => Promise<unknown>])[] = [
      ['a fork of a message that is not there', 'NOT_FOUND', () => api.fork('nowhere')],
      ['the messages of a conversation that is not there', 'NOT_FOUND', () => api.messages('nowhere')],
      ['an export of a conversation that is not there', 'NOT_FOUND', () => api.exportConversation('nowhere', 'json')],
      ['a text that is no export', 'NOTHING_IMPORTED', () => api.importConversations('{"neither": "this"}')],
      ['a text that is not JSON', 'NOTHING_IMPORTED', () => api.importConversations('# Markdown')],
      [
        'a fork of a reply that streams',
        'BUSY',
        async () => {
          const { id } = await aConversation();
          const stopping = new AbortController();
          try {
            for await (const event of api.send(id, '[[slow]]', { signal: stopping.signal })) {
              if (event.type === 'delta') await api.fork((await api.messages(id)).at(-1)?.id ?? '');
            }
          } finally {
            stopping.abort();
          }
        },
      ],
    ];
    for (const [name, code, act] of refused)
      it(`refuses ${name}: ${code}`, async () => assert.equal(await codeOf(act()), code));
  });

  it('takes no address from a workspace', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail('no folder');
    const hits: string[] = [];
    const evil = createServer((socket) => hits.push(String(socket.remoteAddress)));
    evil.listen(0, '127.0.0.1');
    await once(evil, 'listening');
    const address = evil.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/v1`;
    const TAB_SIZE = 7;
    await mkdir(path.join(folder, '.vscode'), { recursive: true });
    const settings = {
      'neuralTerminal.baseUrl': url,
      'neuralTerminal.budget.dailyUsd': 100000,
      neuralTerminal: { baseUrl: url, budget: { dailyUsd: 100000 } },
      'editor.tabSize': TAB_SIZE,
    };
    await writeFile(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
    // Once this harmless setting has an effect, VS Code has read the file.
    const isRead = () => vscode.workspace.getConfiguration('editor').get('tabSize') === TAB_SIZE;
    while (!isRead()) await new Promise((resolve) => setTimeout(resolve, 20));
    const { id } = await aConversation();
    assert.equal(done(await collect(id, 'Hi')).state, 'complete');
    assert.equal((await api.spend()).dailyLimitUsd, '500');
    evil.close();
    assert.deepEqual(hits, []);
  });
});

const isChatBody = (
  body: unknown,
): body is { max_tokens: number; temperature?: number; messages: { role: string; content: string }[] } =>
  typeof body === 'object' && body !== null && 'messages' in body && Array.isArray(body.messages);

async function smallModel(api: NeuralTerminalApi): Promise<string> {
  const small = (await api.models()).find((m) => m.contextLength === 8192 && m.promptUsdPerMillion !== null);
  return small?.id ?? assert.fail('the emulator lists a small model');
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}
