import assert from 'node:assert/strict';
import { Exchange } from '../../../../src/application/exchange/exchange';
import type { ImportRemark } from '../../../../src/application/exchange/importReport';
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

/** `badField id notAnId`, `foreignMessage m9` */
function problemOf(remark: ImportRemark | undefined): string {
  const problem = remark?.problem;
  switch (problem?.kind) {
    case 'badField':
      return `badField ${problem.path} ${problem.flaw}`;
    case 'duplicateMessage':
    case 'foreignMessage':
      return `${problem.kind} ${problem.messageId}`;
    default:
      return String(problem?.kind);
  }
}

/** Not a file of ours, or not one that this version can read: nothing is taken from it. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'notAnExport'],
  ['a text', 'hello', 'notAnExport'],
  ['another JSON', '[1,2,3]', 'notAnExport'],
  ['a null', 'null', 'notAnExport'],
  ['another format', '{"format":"chatgpt","version":1,"conversations":[]}', 'notAnExport'],
  ['a cut file', aFile(aConversation('c1')).slice(0, -5), 'notAnExport'],
  ['deep nesting', '['.repeat(1_000_000), 'notAnExport'],
  ['deep nesting that is whole', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'notAnExport'],
  ['a newer version', aFile().replace('"version":1', '"version":2'), 'unknownVersion'],
  ['a file beyond all sizes', ' '.repeat(MAX_FILE_CHARACTERS + 1), 'fileTooLong'],
];

/** A conversation that does not hold together: the one before it is taken, it is not. */
const BAD: readonly (readonly [string, string, string])[] = [
  ['no object', aFile(7), 'notAConversation'],
  ['no id', aFile(aConversation('c1', { id: 3 })), 'badField id otherFormat'],
  ['a prototype key as id', aFile(aConversation('__proto__')), 'badField id notAnId'],
  ['a path as id', aFile(aConversation('../../c1')), 'badField id notAnId'],
  ['a run number of nothing', aFile(aConversation('c1', { runNumber: 0 })), 'badField runNumber notANumber'],
  [
    'a run number that ends all numbers',
    aFile(aConversation('c1', { runNumber: 9_000_000_000_000_000 })),
    'badField runNumber notANumber',
  ],
  ['a title that is a book', aFile(aConversation('c1', { title: 'x'.repeat(20_000) })), 'badField title tooLong'],
  ['a time of day', aFile(aConversation('c1', { createdAt: 'noon' })), 'badField createdAt notATime'],
  [
    'a time that does not exist',
    aFile(aConversation('c1', { createdAt: '2026-02-31T00:00:00.000Z' })),
    'badField createdAt notATime',
  ],
  ['a role of its own', withMessage({ role: 'tool' }), 'badField messages[0].role otherFormat'],
  ['a reply that streams', withMessage({ state: 'streaming' }), 'badField messages[0].state otherFormat'],
  ['content that is an object', withMessage({ content: { text: 'hi' } }), 'badField messages[0].content otherFormat'],
  ['a negative amount', withMessage({ costUsd: '-1' }), 'badField messages[0].costUsd notAnAmount'],
  ['an amount as a number', withMessage({ costUsd: 0.1 }), 'badField messages[0].costUsd otherFormat'],
  ['an amount without end', withMessage({ costUsd: '1e400' }), 'badField messages[0].costUsd notAnAmount'],
  ['an amount finer than anything', withMessage({ costUsd: '1e-300' }), 'badField messages[0].costUsd notAnAmount'],
  [
    'an amount that nobody pays',
    withMessage({ costUsd: '10000.000000001' }),
    'badField messages[0].costUsd notAnAmount',
  ],
  [
    'amounts that add up to more',
    withMessages(aMessage('m1', { costUsd: '6000' }), aMessage('m2', { costUsd: '6000' })),
    'costTooHigh',
  ],
  ['a duration before its beginning', withMessage({ latencyMs: -1 }), 'badField messages[0].latencyMs negative'],
  [
    'half a token',
    withMessage({
      usage: { promptTokens: 0.5, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    }),
    'badField messages[0].usage.promptTokens notWhole',
  ],
  ['a message twice', withMessages(aMessage('m1'), aMessage('m1')), 'duplicateMessage m1'],
  ['a message that answers itself', withMessages(aMessage('m1', { parentId: 'm1' })), 'circularMessages'],
  [
    'messages that answer each other',
    withMessages(
      aMessage('m1', { parentId: 'm3' }),
      aMessage('m2', { parentId: 'm1' }),
      aMessage('m3', { parentId: 'm2' }),
    ),
    'circularMessages',
  ],
  ['a message of another conversation', withMessages(aMessage('here')), 'foreignMessage here'],
  [
    'a message of another conversation of the file',
    aFile(aConversation('c0', { messages: [aMessage('m9')] }), aConversation('c1', { messages: [aMessage('m9')] })),
    'foreignMessage m9',
  ],
  [
    'a conversation twice',
    aFile(aConversation('c0', { messages: [] }), aConversation('c0', { messages: [] })),
    'twiceInFile',
  ],
  [
    'a fork of itself',
    aFile(aConversation('c1', { forkedFrom: { conversationId: 'c1', messageId: 'm1' } })),
    'circularForks',
  ],
];

describe('importing a file from anywhere', () => {
  for (const [name, text, problem] of REFUSED) {
    it(`refuses ${name}`, async () => {
      await withStore([], async ({ exchange, store, told }) => {
        const { remarks, ...counts } = await exchange.importJson(text);
        assert.deepEqual(counts, { added: 0, updated: 0, unchanged: 0 });
        assert.equal(remarks.length, 1);
        assert.deepEqual(remarks[0]?.about, { kind: 'file' });
        assert.equal(problemOf(remarks[0]), problem);
        assert.deepEqual([await store.conversations(), told], [[], []]);
      });
    });
  }

  for (const [name, text, problem] of BAD) {
    it(`takes nothing of a conversation with ${name}, and all of the others`, async () => {
      const conversations: readonly unknown[] = JSON.parse(text).conversations;
      await withStore([created('known'), added('known', 'here')], async ({ exchange, store }) => {
        const report = await exchange.importJson(
          aFile(aConversation('good', { messages: [aMessage('g1')] }), ...conversations),
        );
        assert.deepEqual([report.added, report.updated, report.unchanged], [conversations.length, 0, 0]);
        assert.equal(report.remarks.length, 1);
        assert.equal(problemOf(report.remarks[0]), problem);
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
      const problems = report.remarks.map(problemOf);
      assert.ok(problems.length > 0 && problems.every((problem) => problem === 'circularForks'), problems.join());
      for (const { id } of await store.conversations()) assert.ok(await store.load(id));
    });
  });

  it('ignores what it does not know and what pretends to be an object’s own', async () => {
    const text = aFile(aConversation('c1')).replace(
      '"id":"c1"',
      '"id":"c1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"later":true',
    );
    await withStore([], async ({ exchange }) => {
      assert.deepEqual(await exchange.importJson(`\ufeff${text}`), { added: 1, updated: 0, unchanged: 0, remarks: [] });
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
        remarks: [
          {
            about: { kind: 'named', name: 'Title of c1' },
            problem: { kind: 'messageTooLarge', messageId: messageId('m2') },
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
      assert.deepEqual(await exchange.importJson(file), { added: 0, updated: 1, unchanged: 0, remarks: [] });
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
        remarks: [{ about: { kind: 'named', name: 'Title of c1' }, problem: { kind: 'differing', messages: 1 } }],
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
      assert.deepEqual(await exchange.importJson(lent), { added: 0, updated: 0, unchanged: 0, remarks: [] });
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
      assert.equal(told.length, 1);
      assert.deepEqual(report.remarks, [
        { about: { kind: 'rest' }, problem: { kind: 'storeFailed', reason: { kind: 'diskFull' } } },
      ]);
      const stored = (await store.conversations()).length;
      assert.ok(report.added >= 1 && report.added <= stored && stored < 4, `${report.added} counted, ${stored} stored`);
      const second = await exchange.importJson(file);
      assert.deepEqual([second.added + second.updated + second.unchanged, second.remarks], [4, []]);
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
      assert.deepEqual(report.remarks, [{ about: { kind: 'rest' }, problem: { kind: 'stopped' } }]);
      assert.deepEqual(await exchange.importJson(file), { added: 1, updated: 0, unchanged: 2, remarks: [] });
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
        assert.deepEqual(await exchange.importJson(file), { added: 1, updated: 0, unchanged: 0, remarks: [] });
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
