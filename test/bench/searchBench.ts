import type { SearchQuery, SearchTerm } from '../../src/domain/search';
import type { ConversationStore } from '../../src/domain/ports/store';
import type { BenchRow } from './benchTable';
import type { GeneratedText } from './generatedText';
import { FtsPeer } from './ftsPeer';
import { Comparison, type Measured } from './measure';

const LIMIT = 50;
const GOAL = { atMostMs: 50, atMostRatio: 1.5 };
const HELD = 'node:sqlite, FTS5, holding the caller';

interface BenchQuery {
  readonly name: string;
  readonly terms: readonly SearchTerm[];
  /** The same in the language of FTS5. */
  readonly match: string;
}

const word = (text: string): BenchQuery['terms'] => [{ kind: 'word', text, prefix: false }];

function queriesFor(text: GeneratedText): readonly BenchQuery[] {
  const rare = text.wordOfRank(5_500);
  const middle = text.wordOfRank(400);
  const common = text.wordOfRank(0);
  const second = text.wordOfRank(6);
  const start = text.wordOfRank(300).slice(0, 3);
  const phrase = `${text.wordOfRank(2)} ${text.wordOfRank(1)}`;
  return [
    { name: `a rare word (${rare})`, terms: word(rare), match: `"${rare}"` },
    { name: `a common word (${common})`, terms: word(common), match: `"${common}"` },
    { name: `two words (${middle}, ${rare})`, terms: [...word(middle), ...word(rare)], match: `"${middle}" "${rare}"` },
    {
      name: `two common words (${common}, ${second})`,
      terms: [...word(common), ...word(second)],
      match: `"${common}" "${second}"`,
    },
    { name: `a prefix (${start}*)`, terms: [{ kind: 'word', text: start, prefix: true }], match: `"${start}"*` },
    { name: `a phrase (“${phrase}”)`, terms: [{ kind: 'phrase', text: phrase }], match: `"${phrase}"` },
  ];
}

const everyRole = {
  tags: [],
  models: [],
  roles: [],
  beforeMs: null,
  afterMs: null,
  costAboveNanoUsd: null,
  limit: LIMIT,
} satisfies Omit<SearchQuery, 'terms'>;

/** Every query has its turn in each: a machine is faster or slower for seconds at a time, for one thread and not for the other. */
const ROUNDS = 12;
const ROUND_MS = 300;
const RUNS_PER_BLOCK = 5;

/**
 * The goal is FTS5 on the caller's own thread, which it holds for a tenth of a second at worst. What it takes when it is
 * asked as ours is, from a thread that goes on meanwhile, is told beside it.
 * @param store holds the same texts and has its index ready.
 */
export async function searchRows(
  folder: string,
  ftsWorkerPath: string,
  store: ConversationStore,
  text: GeneratedText,
  texts: readonly string[],
): Promise<readonly BenchRow[]> {
  const fts = FtsPeer.create(folder, ftsWorkerPath, texts, LIMIT + 1);
  const comparisons: { readonly name: string; readonly comparison: Comparison }[] = [];
  for (const { name, terms, match } of queriesFor(text)) {
    const found = (await store.search({ ...everyRole, terms })).hits.length;
    const peerFound = Math.min(LIMIT, (await fts.searchOnItsThread(match)).length);
    // Whoever finds less has less to do.
    if (found !== peerFound) throw new Error(`${name}: ours finds ${found}, FTS5 finds ${peerFound}`);
    const comparison = new Comparison([
      () => store.search({ ...everyRole, terms }),
      () => fts.searchOnItsThread(match),
      () => fts.searchHere(match),
    ]);
    await comparison.warmUp(300, 1_500);
    comparisons.push({ name, comparison });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { comparison } of comparisons) {
      const endMs = performance.now() + ROUND_MS;
      do await comparison.block(RUNS_PER_BLOCK);
      while (performance.now() < endMs);
    }
  }
  await fts.close();
  const rows: BenchRow[] = [];
  const held: BenchRow[] = [];
  for (const { name, comparison } of comparisons) {
    const [ours, threaded, here] = comparison.results();
    if (!ours || !threaded || !here) continue;
    const what = `search in ${texts.length.toLocaleString('en-US')} messages: ${name}`;
    rows.push({ what, ours, peer: { name: 'node:sqlite, FTS5, on a thread too', measured: threaded } });
    held.push({ what, ours, peer: { name: HELD, measured: here }, goal: GOAL });
  }
  return [...held, ...rows, together(held)];
}

/** A person's searches are of all kinds: the sum says more than the best and the worst of them. */
function together(rows: readonly BenchRow[]): BenchRow {
  const sum = (of: readonly Measured[]): Measured => ({
    medianMs: of.reduce((total, { medianMs }) => total + medianMs, 0),
    spreadMs: [
      of.reduce((total, { spreadMs }) => total + spreadMs[0], 0),
      of.reduce((total, { spreadMs }) => total + spreadMs[1], 0),
    ],
    runs: of[0]?.runs ?? 0,
  });
  const peers = rows.flatMap(({ peer }) => (peer ? [peer.measured] : []));
  return {
    what: `search: these ${rows.length} together`,
    ours: sum(rows.map(({ ours }) => ours)),
    peer: { name: HELD, measured: sum(peers) },
    goal: { atMostRatio: 1.5 },
  };
}
