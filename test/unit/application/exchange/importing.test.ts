import assert from 'node:assert/strict';
import { Exchange } from '../../../../src/application/exchange/exchange';
import { MAX_FILE_CHARACTERS } from '../../../../src/application/exchange/exchangeFile';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { StoreWriteError } from '../../../../src/domain/ports/store';
import { defaultSettings } from '../../../support/testCore';
import { added, appended, created, ended, shell } from '../../infrastructure/store/storeEvents';
import { withStore } from './exchangeFixtures';

type Json = Record<string, unknown>;

const aMessage = (id: string, over: Json = {}): Json => ({
  id,
  parentId: null,
  role: 'user',
  state: 'complete',
  createdAt: '2026-11-20T12:00:00.000Z',
  content: `Text of ${id}`,
  reasoning: '',
  attachments: [],
  costUsd: '0',
  costSource: 'reported',
  truncatedMessages: 0,
  ...over,
});

const aConversation = (id: string, over: Json = {}): Json => ({
  id,
  runNumber: 7,
  title: `Title of ${id}`,
  model: 'vendor/model',
  systemPrompt: '',
  personaId: null,
  tags: [],
  pinned: false,
  archived: false,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
  forkedFrom: null,
  scope: 'whole',
  activeLeafId: 'm1',
  messages: [aMessage('m1')],
  ...over,
});

const aFile = (...conversations: readonly unknown[]): string =>
  JSON.stringify({ format: 'neural-terminal-conversations', version: 1, conversations });
const withMessages = (...messages: readonly Json[]): string =>
  aFile(aConversation('c1', { messages, activeLeafId: null }));
const withMessage = (over: Json): string => withMessages(aMessage('m1', over));

/** Not a file of ours, or not one that this version can read: nothing is taken from it. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /not an export/],
  ['a text', 'hello', /not an export/],
  ['another JSON', '[1,2,3]', /not an export/],
  ['a null', 'null', /not an export/],
  ['another format', '{"format":"chatgpt","version":1,"conversations":[]}', /not an export/],
  ['a cut file', aFile(aConversation('c1')).slice(0, -5), /not an export/],
  ['deep nesting', '['.repeat(1_000_000), /not an export/],
  ['deep nesting that is whole', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, /not an export/],
  ['a newer version', aFile().replace('"version":1', '"version":2'), /another version/],
  ['a file beyond all sizes', ' '.repeat(MAX_FILE_CHARACTERS + 1), /larger than the 100 million/],
];

/** A conversation that does not hold together: the one before it is taken, it is not. */
const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['no object', aFile(7), /not a conversation/],
  ['no id', aFile(aConversation('c1', { id: 3 })), /“id” is not what the format asks for/],
  ['a prototype key as id', aFile(aConversation('__proto__')), /“id” is not an id/],
  ['a path as id', aFile(aConversation('../../c1')), /“id” is not an id/],
  ['a run number of nothing', aFile(aConversation('c1', { runNumber: 0 })), /“runNumber” is not a run number/],
  [
    'a run number that ends all numbers',
    aFile(aConversation('c1', { runNumber: 9_000_000_000_000_000 })),
    /“runNumber” is not a run number/,
  ],
  ['a title that is a book', aFile(aConversation('c1', { title: 'x'.repeat(20_000) })), /“title” is too long/],
  ['a time of day', aFile(aConversation('c1', { createdAt: 'noon' })), /“createdAt” is not a time/],
  [
    'a time that does not exist',
    aFile(aConversation('c1', { createdAt: '2026-02-31T00:00:00.000Z' })),
    /“createdAt” is not a time/,
  ],
  ['a role of its own', withMessage({ role: 'tool' }), /“messages\[0\]\.role” is not what the format asks for/],
  ['a reply that streams', withMessage({ state: 'streaming' }), /“messages\[0\]\.state”/],
  ['content that is an object', withMessage({ content: { text: 'hi' } }), /“messages\[0\]\.content”/],
  ['a negative amount', withMessage({ costUsd: '-1' }), /“messages\[0\]\.costUsd” is not an amount/],
  ['an amount as a number', withMessage({ costUsd: 0.1 }), /“messages\[0\]\.costUsd”/],
  ['an amount without end', withMessage({ costUsd: '1e400' }), /“messages\[0\]\.costUsd” is not an amount/],
  ['an amount finer than anything', withMessage({ costUsd: '1e-300' }), /“messages\[0\]\.costUsd” is not an amount/],
  [
    'an amount that nobody pays',
    withMessage({ costUsd: '10000.000000001' }),
    /“messages\[0\]\.costUsd” is not an amount/,
  ],
  [
    'amounts that add up to more',
    withMessages(aMessage('m1', { costUsd: '6000' }), aMessage('m2', { costUsd: '6000' })),
    /add up to more than \$10000/,
  ],
  ['a duration before its beginning', withMessage({ latencyMs: -1 }), /“messages\[0\]\.latencyMs” is negative/],
  [
    'half a token',
    withMessage({
      usage: { promptTokens: 0.5, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    }),
    /promptTokens” is not a whole number/,
  ],
  ['a message twice', withMessages(aMessage('m1'), aMessage('m1')), /two messages with the id “m1”/],
  ['a message that answers itself', withMessages(aMessage('m1', { parentId: 'm1' })), /in a circle/],
  [
    'messages that answer each other',
    withMessages(
      aMessage('m1', { parentId: 'm3' }),
      aMessage('m2', { parentId: 'm1' }),
      aMessage('m3', { parentId: 'm2' }),
    ),
    /in a circle/,
  ],
  [
    'a message of another conversation',
    withMessages(aMessage('here')),
    /“here” already belongs to another conversation/,
  ],
  [
    'a message of another conversation of the file',
    aFile(aConversation('c0', { messages: [aMessage('m9')] }), aConversation('c1', { messages: [aMessage('m9')] })),
    /“m9” already belongs/,
  ],
  [
    'a conversation twice',
    aFile(aConversation('c0', { messages: [] }), aConversation('c0', { messages: [] })),
    /there twice/,
  ],
  [
    'a fork of itself',
    aFile(aConversation('c1', { forkedFrom: { conversationId: 'c1', messageId: 'm1' } })),
    /fork of itself/,
  ],
];

describe('importing a file from anywhere', () => {
  for (const [name, text, reason] of REFUSED) {
    it(`refuses ${name}`, async () => {
      await withStore([], async ({ exchange, store, told }) => {
        const { skipped, ...counts } = await exchange.importJson(text);
        assert.deepEqual(counts, { added: 0, updated: 0, unchanged: 0 });
        assert.equal(skipped.length, 1);
        assert.match(skipped[0]?.reason ?? '', reason);
        assert.deepEqual([await store.conversations(), told], [[], []]);
      });
    });
  }

  for (const [name, text, reason] of BAD) {
    it(`takes nothing of a conversation with ${name}, and all of the others`, async () => {
      const conversations: readonly unknown[] = JSON.parse(text).conversations;
      await withStore([created('known'), added('known', 'here')], async ({ exchange, store }) => {
        const report = await exchange.importJson(
          aFile(aConversation('good', { messages: [aMessage('g1')] }), ...conversations),
        );
        assert.deepEqual([report.added, report.updated, report.unchanged], [conversations.length, 0, 0]);
        assert.equal(report.skipped.length, 1);
        assert.match(report.skipped[0]?.reason ?? '', reason);
        assert.equal((await store.conversations()).length, 1 + conversations.length);
        assert.equal((await store.load(conversationId('known')))?.messages.size, 1);
      });
    });
  }

  it('leaves forks out that are forks of each other', async () => {
    const fork = (id: string, of: string): Json =>
      aConversation(id, { messages: [], forkedFrom: { conversationId: of, messageId: 'm1' } });
    await withStore([], async ({ exchange, store }) => {
      const report = await exchange.importJson(aFile(fork('a', 'b'), fork('b', 'c'), fork('c', 'a')));
      const chain = report.skipped.map(({ reason }) => reason);
      assert.ok(chain.length > 0 && chain.every((reason) => /fork of itself/.test(reason)), chain.join());
      for (const { id } of await store.conversations()) assert.ok(await store.load(id));
    });
  });

  it('ignores what it does not know and what pretends to be an object’s own', async () => {
    const text = aFile(aConversation('c1')).replace(
      '"id":"c1"',
      '"id":"c1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"later":true',
    );
    await withStore([], async ({ exchange }) => {
      assert.deepEqual(await exchange.importJson(`\ufeff${text}`), { added: 1, updated: 0, unchanged: 0, skipped: [] });
      assert.equal('polluted' in {}, false);
      assert.doesNotMatch(await exchange.exportJson('all'), /polluted|later/);
    });
  });

  it('skips a message that no record can hold and takes the rest', async () => {
    const text = withMessages(
      aMessage('m1'),
      aMessage('m2', { parentId: 'm1', content: 'ß'.repeat(8 * 1024 * 1024) }),
      aMessage('m3', { parentId: 'm2', content: 'x'.repeat(9 * 1024 * 1024) }),
      aMessage('m4', { parentId: 'm3', content: 'y'.repeat(9 * 1024 * 1024) }),
    );
    await withStore([], async ({ exchange, store }) => {
      const report = await exchange.importJson(text);
      assert.deepEqual(report, {
        added: 1,
        updated: 0,
        unchanged: 0,
        skipped: [
          {
            what: 'Title of c1',
            reason: 'Its message “m2” is too large for the store; the rest of it was taken over.',
          },
        ],
      });
      assert.deepEqual([...((await store.load(conversationId('c1')))?.messages.keys() ?? [])], ['m1', 'm3', 'm4']);
    });
  });
});

describe('merging with what is here', () => {
  const reply = (over: Json = {}): Json =>
    aMessage('m2', {
      parentId: 'm1',
      role: 'assistant',
      content: 'Answer',
      costUsd: '0.5',
      costSource: 'reported',
      ...over,
    });
  const here = [
    created('c1', { runNumber: 7, title: 'Mine' }),
    added('c1', 'm1', { content: 'Text of m1', atMs: Date.UTC(2026, 10, 20, 12) }),
  ];

  it('adds what is missing and overwrites nothing', async () => {
    await withStore(here, async ({ exchange, store, told }) => {
      const file = aFile(
        aConversation('c1', {
          title: 'Theirs',
          tags: ['theirs'],
          pinned: true,
          archived: true,
          messages: [aMessage('m1'), reply()],
          activeLeafId: 'm2',
        }),
      );
      assert.deepEqual(await exchange.importJson(file), { added: 0, updated: 1, unchanged: 0, skipped: [] });
      const c = await store.load(conversationId('c1'));
      assert.deepEqual(
        [c?.title, c?.tags, c?.pinned, c?.status, c?.runNumber, c?.activeLeafId, c?.costNanoUsd],
        ['Mine', [], false, 'active', 7, 'm2', 500_000_000],
      );
      assert.deepEqual(told, [['c1']]);
      assert.deepEqual((await store.spendEvents()).events, []);
    });
  });

  it('keeps the branch on screen where the file goes another way', async () => {
    await withStore(
      [...here, added('c1', 'mine', { parentId: messageId('m1'), atMs: Date.UTC(2026, 10, 21) })],
      async ({ exchange, store }) => {
        await exchange.importJson(
          aFile(aConversation('c1', { messages: [aMessage('m1'), reply()], activeLeafId: 'm2' })),
        );
        const c = await store.load(conversationId('c1'));
        assert.deepEqual([c?.activeLeafId, c?.updatedAtMs, c?.messages.size], ['mine', Date.UTC(2026, 10, 21), 3]);
      },
    );
  });

  it('keeps a message that is here with other content, and says so each time', async () => {
    await withStore(here, async ({ exchange, store, told }) => {
      const file = aFile(aConversation('c1', { messages: [aMessage('m1', { content: 'Forged' })] }));
      const report = await exchange.importJson(file);
      assert.deepEqual(report, {
        added: 0,
        updated: 0,
        unchanged: 1,
        skipped: [
          { what: 'Title of c1', reason: 'A message of it is here with other content. What is here was kept.' },
        ],
      });
      assert.equal((await store.load(conversationId('c1')))?.messages.get(messageId('m1'))?.content, 'Text of m1');
      assert.deepEqual(told, []);
    });
  });

  it('brings a deleted conversation back, but not one that only lends its messages', async () => {
    const deleted = {
      type: 'conversation.deleted',
      conversationId: conversationId('c1'),
      deleted: true,
      atMs: 5000,
    } as const;
    await withStore([...here, deleted], async ({ exchange, store, told }) => {
      const lent = aFile(aConversation('c1', { scope: 'sharedPrefix', messages: [aMessage('m1'), reply()] }));
      assert.deepEqual(await exchange.importJson(lent), { added: 0, updated: 0, unchanged: 0, skipped: [] });
      assert.deepEqual(
        [(await store.load(conversationId('c1')))?.deleted, (await store.load(conversationId('c1')))?.messages.size],
        [true, 2],
      );
      await exchange.importJson(lent);
      assert.deepEqual(told, [['c1']], 'the second time nothing is written');
      assert.equal((await exchange.importJson(aFile(aConversation('c1', { messages: [aMessage('m1')] })))).updated, 1);
      assert.equal((await store.load(conversationId('c1')))?.deleted, false);
    });
  });

  it('keeps a run number that is free and gives the next one for a taken one', async () => {
    await withStore([created('other', { runNumber: 7 })], async ({ exchange, store }) => {
      const one = (id: string, runNumber: number): Json => aConversation(id, { runNumber, messages: [] });
      await exchange.importJson(aFile(one('a', 7), one('b', 3), one('c', 3), one('d', 40)));
      const numbers = new Map((await store.conversations()).map((c) => [String(c.id), c.runNumber]));
      assert.deepEqual(Object.fromEntries(numbers), { other: 7, a: 8, b: 3, c: 9, d: 40 });
    });
  });

  it('writes a reply that streams as interrupted, with its text so far', async () => {
    await withStore([...here, shell('c1', 'm2', 'm1'), appended('c1', 'm2', 0, 'So far')], async ({ exchange }) => {
      const file = await exchange.exportJson([conversationId('c1')]);
      await withStore([], async (to) => {
        await to.exchange.importJson(file);
        const m = (await to.store.load(conversationId('c1')))?.messages.get(messageId('m2'));
        assert.deepEqual(
          [m?.state, m?.content, m?.cost],
          ['interrupted', 'So far', { costNanoUsd: null, source: 'pending' }],
        );
      });
    });
  });

  it('says how far it came when the disk is full, and goes on the next time', async () => {
    const big = (id: string): Json =>
      aConversation(id, {
        runNumber: Number(id),
        messages: [aMessage(`m${id}`, { content: 'x'.repeat(1_100_000) })],
        activeLeafId: null,
      });
    await withStore([], async ({ store, exchange }) => {
      let commits = 0;
      const failing = new Proxy(store, {
        get: (target, key) =>
          key === 'commit'
            ? async (...args: Parameters<typeof store.commit>) =>
                (commits += 1) > 2 ? Promise.reject(new StoreWriteError({ kind: 'diskFull' })) : target.commit(...args)
            : Reflect.get(target, key).bind(target),
      });
      const told: number[] = [];
      const onFullDisk = new Exchange({
        store: failing,
        settings: { current: () => defaultSettings },
        onImported: (ids) => void told.push(ids.size),
      });
      const file = aFile(big('1'), big('2'), big('3'), big('4'));
      const report = await onFullDisk.importJson(file);
      assert.deepEqual([report.skipped.length, told.length], [1, 1]);
      assert.match(report.skipped[0]?.reason ?? '', /diskFull\. What is counted here is stored/);
      const stored = (await store.conversations()).length;
      assert.ok(report.added >= 1 && report.added <= stored && stored < 4, `${report.added} counted, ${stored} stored`);
      const second = await exchange.importJson(file);
      assert.deepEqual([second.added + second.updated + second.unchanged, second.skipped], [4, []]);
      assert.equal(JSON.parse(await exchange.exportJson('all')).conversations.length, 4);
    });
  });

  it('stops when asked to, keeps what it has, and goes on the next time', async () => {
    await withStore([], async ({ exchange }) => {
      const file = aFile(
        aConversation('a', { messages: [] }),
        aConversation('b', { messages: [] }),
        aConversation('c', { messages: [] }),
      );
      const stop = new AbortController();
      const report = await exchange.importJson(file, {
        signal: stop.signal,
        onProgress: (done) => done === 2 && stop.abort(),
      });
      assert.equal(report.added, 2);
      assert.match(report.skipped[0]?.reason ?? '', /You stopped/);
      assert.deepEqual(await exchange.importJson(file), { added: 1, updated: 0, unchanged: 2, skipped: [] });
    });
  });

  it('takes one import at a time', async () => {
    await withStore([], async ({ exchange, store }) => {
      const file = (id: string): string => aFile(aConversation(id, { messages: [aMessage(`m-${id}`)] }));
      const reports = await Promise.all([
        exchange.importJson(file('a')),
        exchange.importJson(file('b')),
        exchange.importJson(file('a')),
      ]);
      assert.deepEqual(
        reports.map((r) => [r.added, r.unchanged]),
        [
          [1, 0],
          [1, 0],
          [0, 1],
        ],
      );
      assert.deepEqual((await store.conversations()).map((c) => c.runNumber).sort(), [7, 8]);
    });
  });

  it('shows a fork that was exported alone with everything it shares, without its source in the list', async () => {
    const history = [
      created('src', { title: 'Source' }),
      added('src', 'q'),
      shell('src', 'a', 'q'),
      appended('src', 'a', 0, 'Shared answer'),
      ended('src', 'a'),
      added('src', 'later', { parentId: messageId('a') }),
      created('frk', {
        runNumber: 2,
        forkedFrom: { conversationId: conversationId('src'), messageId: messageId('a') },
      }),
      added('frk', 'own', { parentId: messageId('a') }),
    ];
    await withStore(history, async (from) => {
      const file = await from.exchange.exportJson([conversationId('frk')]);
      assert.doesNotMatch(file, /Text of later/);
      await withStore([], async ({ exchange, store }) => {
        assert.deepEqual(await exchange.importJson(file), { added: 1, updated: 0, unchanged: 0, skipped: [] });
        const fork = await store.load(conversationId('frk'));
        assert.deepEqual(
          [...(fork?.messages.values() ?? [])].map((m) => [m.id, m.content]),
          [
            ['q', 'Text of q'],
            ['a', 'Shared answer'],
            ['own', 'Text of own'],
          ],
        );
        assert.deepEqual(
          (await store.conversations()).map((c) => c.id),
          ['frk'],
        );
        const whole = await from.exchange.exportJson('all');
        assert.deepEqual((await exchange.importJson(whole)).updated, 1);
        assert.equal(await exchange.exportJson('all'), whole);
      });
    });
  });
});
