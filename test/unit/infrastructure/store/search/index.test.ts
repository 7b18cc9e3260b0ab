import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SearchQuery, SearchTerm } from '../../../../../src/domain/search';
import { SearchIndex } from '../../../../../src/infrastructure/store/search/index';
import {
  type ConversationRow,
  type MessageRow,
  SearchedTables,
  nano,
  phrase,
  prefix,
  query,
  word,
} from './searchFixtures';
import { asksForWords, containsTerm } from './searchOracle';

const SEED = 20_261_121;

const pieces = [
  'parse',
  'Parse',
  'parseTree',
  'HTTPServer',
  'tree',
  'über',
  'U\u0308ber',
  'uber',
  'a',
  'ab',
  'abc',
  'x1',
  '1',
  'x1Y2',
  'foo_bar',
  '日本',
  '本',
  '日',
  '한국',
  '국',
  'NEAR',
  'AND',
  'or',
  'NOT',
  'content:a',
  '^a',
  '.',
  '-',
  '*',
  '"',
  "'",
  '(',
  ')',
  '\n',
  '\ud83e',
  '\uddea',
  '\0',
  '\x1a0000',
  '\ufeff',
];
const anyWords = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(' ', ' ', ' ', '')), { maxLength: 8 })
  .map((all) => all.flat().join(''));
const anyTerm: fc.Arbitrary<SearchTerm> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), text: fc.constantFrom(...pieces), prefix: fc.boolean() }),
  fc.record({
    kind: fc.constant('word' as const),
    text: fc.constantFrom(...pieces).map((piece) => piece.slice(0, 2)),
    prefix: fc.constant(true),
  }),
  fc.record({ kind: fc.constant('phrase' as const), text: anyWords }),
);
const anyTerms = fc.array(anyTerm, { minLength: 1, maxLength: 3 });

type Step =
  | {
      readonly do: 'add';
      readonly conversation: string;
      readonly content: string;
      readonly reasoning: string;
      readonly state: string;
    }
  | { readonly do: 'append'; readonly message: number; readonly content: string; readonly reasoning: string }
  | { readonly do: 'replace'; readonly message: number; readonly content: string }
  | { readonly do: 'end' | 'remove'; readonly message: number }
  | { readonly do: 'file'; readonly conversation: string; readonly deleted: number; readonly archived: number }
  | { readonly do: 'index'; readonly budgetMs: number }
  | { readonly do: 'search'; readonly terms: readonly SearchTerm[] };

const anyConversation = fc.constantFrom('c1', 'c2', 'c3');
const anyFlag = fc.constantFrom(0, 0, 0, 1);
const anyAdd: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('add' as const),
  conversation: anyConversation,
  content: anyWords,
  reasoning: fc.oneof(fc.constant(''), anyWords),
  state: fc.constantFrom('complete', 'streaming', 'interrupted'),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  anyAdd,
  anyAdd,
  fc.record({
    do: fc.constant('append' as const),
    message: fc.nat(9),
    content: anyWords,
    reasoning: fc.oneof(fc.constant(''), anyWords),
  }),
  fc.record({ do: fc.constant('replace' as const), message: fc.nat(9), content: anyWords }),
  fc.record({ do: fc.constantFrom('end' as const, 'remove' as const), message: fc.nat(9) }),
  fc.record({ do: fc.constant('file' as const), conversation: anyConversation, deleted: anyFlag, archived: anyFlag }),
  fc.record({ do: fc.constant('index' as const), budgetMs: fc.constantFrom(0, 1000) }),
  fc.record({ do: fc.constant('search' as const), terms: anyTerms }),
);

/** The messages as a plain list, changed by the same steps. */
class ModelTables {
  readonly messages: { id: string; conversation: string; content: string; reasoning: string }[] = [];
  readonly deleted = new Set<string>();

  expected(terms: readonly SearchTerm[]): readonly string[] {
    const asked = terms.filter(asksForWords);
    if (asked.length === 0) return [];
    const isFound = (m: (typeof this.messages)[number]): boolean =>
      !this.deleted.has(m.conversation) && asked.every((term) => containsTerm(m, term));
    return this.messages
      .filter(isFound)
      .map((m) => m.id)
      .sort();
  }
}

function run(step: Step, tables: SearchedTables, model: ModelTables, id: string): void {
  const target = 'message' in step ? model.messages[step.message] : undefined;
  switch (step.do) {
    case 'add':
      tables.addMessage(id, step);
      model.messages.push({ ...step, id });
      return;
    case 'append':
      if (!target) return;
      tables.append(target.id, step.content, step.reasoning);
      target.content += step.content;
      target.reasoning += step.reasoning;
      return;
    case 'replace':
      if (!target) return;
      tables.database.run('UPDATE message SET content = ? WHERE id = ?', [step.content, target.id]);
      target.content = step.content;
      return;
    case 'end':
      if (target) tables.database.run(`UPDATE message SET state = 'complete' WHERE id = ?`, [target.id]);
      return;
    case 'remove':
      if (!target) return;
      tables.database.run('DELETE FROM message WHERE id = ?', [target.id]);
      model.messages.splice(model.messages.indexOf(target), 1);
      return;
    case 'file':
      tables.database.run('UPDATE conversation SET deleted = ?, archived = ? WHERE id = ?', [
        step.deleted,
        step.archived,
        step.conversation,
      ]);
      model.deleted[step.deleted === 1 ? 'add' : 'delete'](step.conversation);
      return;
    case 'index':
      tables.index.indexPending(step.budgetMs);
      return;
    case 'search':
      assert.deepEqual([...tables.found(step.terms)].sort(), model.expected(step.terms));
  }
}

describe('SearchIndex', () => {
  let tables: SearchedTables;

  beforeEach(async () => {
    tables = await SearchedTables.create();
  });
  afterEach(() => tables.database.close());

  const add = (messages: Readonly<Record<string, MessageRow>>): void => {
    for (const [id, row] of Object.entries(messages)) tables.addMessage(id, row);
  };

  it('finds exactly the messages that contain every term, after any additions, changes and deletions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 25 }),
        fc.array(anyTerms, { minLength: 3, maxLength: 6 }),
        async (steps, searches) => {
          const own = await SearchedTables.create();
          for (const id of ['c1', 'c2', 'c3']) own.addConversation(id);
          const model = new ModelTables();
          steps.forEach((step, i) => run(step, own, model, `m${i}`));
          for (const terms of searches) {
            const expected = model.expected(terms);
            assert.deepEqual([...own.found(terms)].sort(), expected);
            const two = own.index.search(query(terms, { limit: 2 }));
            assert.equal(two.hits.length, Math.min(2, expected.length));
            assert.equal(two.complete, expected.length <= 2);
            assert.ok(two.hits.every((hit) => expected.includes(hit.messageId)));
            for (const hit of own.index.search(query(terms)).hits)
              assert.ok(hit.excerpt.length > 1, JSON.stringify([terms, hit.excerpt]));
          }
          own.database.close();
        },
      ),
      { numRuns: 150, seed: SEED },
    );
  }).timeout(60_000);

  const CONTENT =
    'The Parser calls parseAssignments(foo_bar) in src/infrastructure/store.ts; naïve 日本語テスト 한국어를 🧪 done';
  const FINDABLE: readonly (readonly [terms: readonly SearchTerm[], isFound: boolean])[] = [
    [[word('parser')], true],
    [[word('PARSER'), word('naive')], true],
    [[word('parseAssignments')], true],
    [[word('parseassignments')], true],
    [[prefix('parseAss')], true],
    [[word('parseAss')], false],
    [[word('assignments')], true],
    [[word('foo_bar')], true],
    [[word('bar_foo')], false],
    [[prefix('foo_b')], true],
    [[word('store.ts')], true],
    [[word('src/infrastructure/store.ts')], true],
    [[prefix('src/infra')], true],
    [[prefix('src/infra/')], false],
    [[phrase('parser calls')], true],
    [[phrase('calls parser')], false],
    [[phrase('pars calls')], false],
    [[word('日本')], true],
    [[word('本語テ')], true],
    [[word('本日')], false],
    [[word('국어')], true],
    [[word('🧪')], true],
    [[word('naïve'), word('missing')], false],
    [[word('=>'), word('parser')], true],
    [[word('=>')], false],
    [[word('OR')], false],
    [[word('parser'), word('parser'), prefix('par')], true],
  ];
  for (const [terms, isFound] of FINDABLE) {
    it(`${isFound ? 'finds' : 'does not find'} ${JSON.stringify(terms.map((term) => term.text + (term.kind === 'word' && term.prefix ? '*' : '')))}`, () => {
      tables.addConversation('c');
      add({ m: { content: CONTENT } });
      assert.deepEqual(tables.found(terms), isFound ? ['m'] : []);
    });
  }

  it('returns everything that a list of hits shows', () => {
    tables.addConversation('c', { title: 'About "parsers"', archived: true });
    add({
      m: {
        role: 'assistant',
        content: 'One parser.',
        model: 'vendor/large',
        createdAtMs: 1_795_000_000_123,
        costNanoUsd: 64_000,
      },
    });
    const found = tables.index.search(query([word('parser')]));
    assert.deepEqual(found, {
      hits: [
        {
          conversationId: 'c',
          messageId: 'm',
          runNumber: 1,
          title: 'About "parsers"',
          archived: true,
          role: 'assistant',
          model: 'vendor/large',
          createdAtMs: 1_795_000_000_123,
          costNanoUsd: 64_000,
          excerpt: ['One ', 'parser', '.'],
        },
      ],
      complete: true,
    });
  });

  const RANKINGS: readonly (readonly [
    why: string,
    terms: readonly SearchTerm[],
    messages: Readonly<Record<string, MessageRow>>,
  ])[] = [
    ['more occurrences', [word('x')], { second: { content: 'x a a a' }, first: { content: 'x a x x' } }],
    ['a shorter text', [word('x')], { first: { content: 'x a' }, second: { content: `x ${'a '.repeat(50)}` } }],
    ['content above reasoning', [word('x')], { first: { content: 'x a' }, second: { content: 'a', reasoning: 'x' } }],
    [
      'a word above a part of one',
      [word('tree')],
      { first: { content: 'tree a' }, second: { content: 'parseTree a' } },
    ],
    [
      'newer among equals',
      [word('x')],
      { third: { content: 'x a' }, second: { content: 'x a' }, first: { content: 'x a' } },
    ],
    [
      'the rarer word',
      [word('rare'), word('often')],
      {
        ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`o${i}`, { content: 'often' }])),
        first: { content: 'often rare rare' },
        second: { content: 'often often rare' },
      },
    ],
    [
      'both words rather than one of them often',
      [word('x'), word('y')],
      { second: { content: 'x x x x x x y' }, first: { content: 'x x x y y y a' } },
    ],
    ['a better one above a newer one', [word('x')], { first: { content: 'x x x a' }, second: { content: 'x a a a' } }],
  ];
  for (const [why, terms, messages] of RANKINGS) {
    it(`ranks by ${why}`, () => {
      tables.addConversation('c');
      add(messages);
      const order = Object.keys(messages)
        .filter((id) => !id.startsWith('o'))
        .sort((a, b) => ['first', 'second', 'third'].indexOf(a) - ['first', 'second', 'third'].indexOf(b));
      assert.deepEqual(tables.found(terms), order);
    });
  }

  describe('filters', () => {
    const CONVERSATIONS: Readonly<Record<string, ConversationRow>> = {
      c1: { model: 'vendor/Sonnet', tags: ['Work', 'two words'], updatedAtMs: 10 },
      c2: { model: 'vendor/gpt', tags: ['work'], archived: true, updatedAtMs: 30 },
      c3: { model: 'vendor/sonnet', tags: ['work'], deleted: true, updatedAtMs: 40 },
      c4: { model: 'other/gpt', title: 'Die Prüfung', updatedAtMs: 20 },
    };
    const MESSAGES: Readonly<Record<string, MessageRow>> = {
      a1: { conversation: 'c1', content: 'x', createdAtMs: 100, costNanoUsd: 0 },
      a2: {
        conversation: 'c1',
        role: 'assistant',
        content: 'x',
        model: 'vendor/haiku',
        createdAtMs: 200,
        costNanoUsd: 50,
      },
      b1: { conversation: 'c2', content: 'x', createdAtMs: 500 },
      b2: {
        conversation: 'c2',
        role: 'assistant',
        content: 'x',
        model: 'vendor/gpt',
        createdAtMs: 400,
        costNanoUsd: 60,
      },
      d1: { conversation: 'c3', content: 'x', createdAtMs: 600, costNanoUsd: 70 },
      e1: { conversation: 'c4', role: 'system', content: 'x', createdAtMs: 300 },
    };
    const FILTERS: readonly (readonly [filters: Partial<SearchQuery>, newestFirst: readonly string[]])[] = [
      [{}, ['b1', 'b2', 'e1', 'a2', 'a1']],
      [{ tags: ['work'] }, ['b1', 'b2', 'a2', 'a1']],
      [{ tags: ['WORK', 'Two Words'] }, ['a2', 'a1']],
      [{ tags: ['wor'] }, []],
      [{ models: ['sonnet'] }, ['a1']],
      [{ models: ['GPT'] }, ['b1', 'b2', 'e1']],
      [{ models: ['gpt', 'other', 'her/'] }, ['e1']],
      [{ models: ['gpt', 'haiku'] }, []],
      [{ roles: ['user'] }, ['b1', 'a1']],
      [{ roles: ['assistant', 'system'] }, ['b2', 'e1', 'a2']],
      [{ beforeMs: 300 }, ['a2', 'a1']],
      [{ afterMs: 300 }, ['b1', 'b2', 'e1']],
      [{ afterMs: 200, beforeMs: 400 }, ['e1', 'a2']],
      [{ costAboveNanoUsd: nano(50) }, ['b2']],
      [{ costAboveNanoUsd: nano(49) }, ['b2', 'a2']],
      [{ costAboveNanoUsd: nano(-1) }, ['b2', 'a2', 'a1']],
      [
        {
          tags: ['work'],
          roles: ['assistant'],
          models: ['haiku'],
          afterMs: 1,
          beforeMs: 1000,
          costAboveNanoUsd: nano(1),
        },
        ['a2'],
      ],
    ];

    beforeEach(() => {
      for (const [id, row] of Object.entries(CONVERSATIONS)) tables.addConversation(id, row);
      add(MESSAGES);
    });

    for (const [filters, expected] of FILTERS) {
      it(`with and without terms: ${JSON.stringify(filters)}`, () => {
        assert.deepEqual(tables.found([], filters), expected);
        assert.deepEqual([...tables.found([word('x')], filters)].sort(), [...expected].sort());
        assert.deepEqual(tables.found([word('y')], filters), []);
      });
    }

    it('without terms report that there are more hits', () => {
      const result = tables.index.search(query([], { limit: 4 }));
      assert.deepEqual([result.hits.map((hit) => hit.messageId), result.complete], [['b1', 'b2', 'e1', 'a2'], false]);
      assert.equal(tables.index.search(query([], { limit: 5 })).complete, true);
    });

    const TITLES: readonly (readonly [
      terms: readonly SearchTerm[],
      over: Partial<SearchQuery>,
      expected: readonly string[],
    ])[] = [
      [[word('title')], {}, ['c2', 'c1']],
      [[prefix('ti'), word('c1')], {}, ['c1']],
      [[word('prufung')], {}, ['c4']],
      [[phrase('of title')], {}, []],
      [[word('two'), word('c1')], {}, ['c1']],
      [[prefix('wor')], {}, ['c2', 'c1']],
      [[], { tags: ['work'] }, ['c2', 'c1']],
      [[], { models: ['vendor'] }, ['c2', 'c1']],
      [[word('title')], { models: ['sonnet'] }, ['c1']],
      [[word('title')], { beforeMs: 30 }, ['c1']],
      [[word('title')], { afterMs: 30 }, ['c2']],
      [[word('title')], { roles: ['user'] }, []],
      [[word('title')], { costAboveNanoUsd: nano(0) }, []],
      [[word('->')], { tags: ['work'] }, []],
      [[], {}, []],
    ];
    for (const [terms, over, expected] of TITLES) {
      it(`finds conversations by ${JSON.stringify([terms.map((term) => term.text), over])}`, () => {
        assert.deepEqual(tables.index.titleMatches(query(terms, over), 10), expected);
        assert.deepEqual(tables.index.titleMatches(query(terms, over), 1), expected.slice(0, 1));
      });
    }
  });

  describe('among more messages than are ranked', () => {
    const MANY = 2300;
    beforeEach(() => {
      for (const id of ['c', 'gone']) tables.addConversation(id, { deleted: id === 'gone' });
      tables.database.execute('BEGIN');
      tables.addMessage('best', { content: 'often often often', createdAtMs: 1, costNanoUsd: 9 });
      for (let i = 0; i < MANY; i += 1) tables.addMessage(`m${i}`, { content: 'often seen', createdAtMs: 5 });
      tables.database.execute('COMMIT');
    });

    it('ranks the newest matches, more if the limit is higher, and older ones if a filter leaves few', () => {
      assert.ok(!tables.found([word('often')]).includes('best'));
      assert.equal(tables.found([word('often')], { limit: MANY + 10 })[0], 'best');
      assert.deepEqual(tables.found([word('often')], { costAboveNanoUsd: nano(5) }), ['best']);
      assert.deepEqual(tables.found([word('often')], { beforeMs: 5 }), ['best']);
    });

    it('searches further if deleted conversations fill the first places', () => {
      tables.database.run(`UPDATE message SET conversation_id = 'gone' WHERE ordinal > 5`, []);
      assert.equal(tables.found([word('often')])[0], 'best');
      assert.deepEqual([...tables.found([word('often')])].sort(), ['best', 'm0', 'm1', 'm2', 'm3']);
    });

    it('searches further if outdated texts fill the first places', () => {
      tables.database.execute('BEGIN');
      for (let i = 0; i < 2010; i += 1) {
        tables.append('m0', '.', '');
        tables.found([word('other')]);
      }
      tables.database.execute('COMMIT');
      assert.equal(tables.found([word('often')]).length, 50);
    });
  });

  describe('upkeep', () => {
    const rows = (): number => Number(tables.database.get('SELECT count(*) FROM search_row', [])?.[0]);
    beforeEach(() => tables.addConversation('c'));

    it('works in slices of at least one message', () => {
      add({ m1: { content: 'x' }, m2: { content: 'x' }, m3: { content: 'x' } });
      const index = new SearchIndex(tables.database, { monotonicMs: () => 0 });
      const steps = [1, 2, 3].map(() => [index.indexPending(0), rows()]);
      assert.deepEqual(steps, [
        [false, 1],
        [false, 2],
        [false, 3],
      ]);
      while (!index.indexPending(0)) assert.equal(rows(), 3);
    });

    it('merges the segments of the slices', () => {
      const crowded = (): number =>
        Number(
          tables.database.get(
            'SELECT count(*) FROM (SELECT 1 FROM message_text_segdir GROUP BY level HAVING count(*) > 1)',
            [],
          )?.[0],
        );
      const index = new SearchIndex(tables.database, { monotonicMs: () => 0 });
      for (let n = 0; n < 40; n += 1) {
        add({ [`m${n}`]: { content: `every word${n} ${n % 2 === 0 ? 'even' : 'odd'}` } });
        tables.found([word('every')]);
      }
      assert.ok(crowded() > 0);
      for (let calls = 0; !index.indexPending(0); calls += 1) assert.ok(calls < 1000, 'merging ends');
      assert.equal(crowded(), 0);
      assert.deepEqual(tables.database.get('PRAGMA quick_check', []), ['ok']);
      assert.equal(tables.found([word('every'), word('even')]).length, 20);
      assert.deepEqual(tables.found([word('word17')]), ['m17']);
      assert.equal(index.indexPending(0), true);
    });

    it('skips a streaming reply until it ends or a search needs it', () => {
      add({ m1: { content: 'one', state: 'streaming' }, m2: { content: 'two' } });
      assert.equal(tables.index.indexPending(1000), true);
      assert.equal(rows(), 1);
      assert.deepEqual(tables.found([word('one')]), ['m1']);
      tables.append('m1', 'thing', 'thought');
      assert.equal(tables.index.indexPending(1000), true);
      assert.equal(rows(), 2);
      assert.deepEqual(
        [tables.found([word('one')]), tables.found([word('onething')]), tables.found([word('thought')])],
        [[], ['m1'], ['m1']],
      );
      tables.append('m1', ' end');
      tables.database.run(`UPDATE message SET state = 'complete'`, []);
      assert.equal(tables.index.indexPending(1000), true);
      assert.deepEqual([rows(), tables.found([phrase('onething end')])], [2, ['m1']]);
    });

    it('rebuilds the index when most of it is outdated', () => {
      add({ m: { content: 'x' } });
      for (let i = 0; i < 2100; i += 1) {
        tables.append('m', i % 100 === 0 ? ' y' : '.');
        tables.found([word('x')]);
      }
      assert.equal(tables.database.get('SELECT stale_count FROM search_state', [])?.[0], 2099);
      assert.equal(tables.index.indexPending(1000), true);
      assert.deepEqual(
        tables.database.get('SELECT indexed_through, last_row, stale_count FROM search_state', []),
        [1, 1, 0],
      );
      assert.deepEqual(tables.found([word('y')]), ['m']);
    });

    it('follows reasoning alone, deleted rows and reused ordinals', () => {
      add({ m1: { content: 'one' }, m2: { content: 'two' } });
      tables.index.indexPending(1000);
      tables.append('m1', '', 'thought');
      assert.deepEqual(tables.found([word('thought')]), ['m1']);
      tables.database.run(`DELETE FROM message WHERE id = 'm2'`, []);
      assert.equal(tables.index.indexPending(1000), true);
      assert.equal(rows(), 1);
      add({ m3: { content: 'three' } });
      assert.deepEqual(tables.database.get(`SELECT ordinal FROM message WHERE id = 'm3'`, []), [2]);
      assert.deepEqual([tables.found([word('three')]), tables.found([word('two')])], [['m3'], []]);
    });

    it('stores no second copy of the text', () => {
      add({ m1: { content: 'x' } });
      tables.found([word('x')]);
      assert.deepEqual(
        tables.database.all(`SELECT name FROM sqlite_schema WHERE name LIKE 'message_text%content'`, []),
        [],
      );
    });

    it('is part of the caller’s transaction', () => {
      add({ m1: { content: 'x' } });
      tables.database.execute('BEGIN');
      tables.index.indexPending(1000);
      tables.database.execute('ROLLBACK');
      assert.equal(rows(), 0);
      assert.deepEqual(tables.found([word('x')]), ['m1']);
    });

    it('rolls back a slice that fails', () => {
      add({ m1: { content: 'x' }, m2: { content: 'y' } });
      tables.database.execute(
        `CREATE TRIGGER broken BEFORE INSERT ON search_row WHEN new.ordinal = 2 BEGIN SELECT raise(FAIL, 'no'); END`,
      );
      assert.throws(() => tables.found([word('x')]), /no/);
      assert.equal(rows(), 0);
      tables.database.execute('DROP TRIGGER broken');
      assert.deepEqual([tables.found([word('x')]), tables.found([word('y')])], [['m1'], ['m2']]);
    });

    it('passes SQLite’s integrity checks', () => {
      add({ m1: { content: 'x parseTree' }, m2: { content: 'y' } });
      tables.found([word('x')]);
      tables.append('m1', ' more');
      tables.database.run(`DELETE FROM message WHERE id = 'm2'`, []);
      tables.found([word('x')]);
      assert.deepEqual(tables.database.all('PRAGMA quick_check', []), [['ok']]);
      assert.deepEqual(tables.database.all('PRAGMA integrity_check', []), [['ok']]);
    });
  });
});
