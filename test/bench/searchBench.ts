import type { SearchQuery, SearchTerm } from '../../src/domain/search';
import type { ConversationStore } from '../../src/domain/ports/store';
import type { BenchRow } from './benchTable';
import type { GeneratedText } from './generatedText';
import { FtsPeer } from './ftsPeer';
import { Comparison } from './measure';

const LIMIT = 50;
const GOAL = { atMostMs: 50 };

interface BenchQuery {
  readonly name: string;
  readonly terms: readonly SearchTerm[];
  /** The same in FTS5's query language. */
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

/** All queries take turns, so that a busy moment of the machine affects each of them. */
const ROUNDS = 12;
const ROUND_MS = 300;
const RUNS_PER_BLOCK = 5;

/**
 * Searches on the projection's thread. FTS5 is for information: it runs on the caller's thread, which it blocks.
 * @param store holds the same texts and has indexed them.
 */
export async function searchRows(
  folder: string,
  store: ConversationStore,
  text: GeneratedText,
  texts: readonly string[],
): Promise<readonly BenchRow[]> {
  const fts = FtsPeer.create(folder, texts, LIMIT + 1);
  const comparisons: { readonly name: string; readonly comparison: Comparison }[] = [];
  for (const { name, terms, match } of queriesFor(text)) {
    const found = (await store.search({ ...everyRole, terms })).hits.length;
    const peerFound = Math.min(LIMIT, fts.search(match).length);
    // Fewer hits would be less work.
    if (found !== peerFound) throw new Error(`${name}: ours finds ${found}, FTS5 finds ${peerFound}`);
    const comparison = new Comparison([() => store.search({ ...everyRole, terms }), () => fts.search(match)]);
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
  fts.close();
  return comparisons.flatMap(({ name, comparison }): readonly BenchRow[] => {
    const [ours, peer] = comparison.results();
    if (!ours || !peer) return [];
    const what = `search in ${texts.length.toLocaleString('en-US')} messages: ${name}`;
    return [{ what, ours, peer: { name: 'node:sqlite, FTS5, blocking', measured: peer }, goal: GOAL }];
  });
}
