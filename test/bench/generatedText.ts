import { SeededRandom } from '../faults/seededRandom';

const VOCABULARY_WORDS = 6_000;
const CODE_TOKENS = 1_500;
/** Of all tokens. */
const CODE_PART = 0.12;
/** Of the logarithm of a message's length, in characters. */
const MEAN_LOG_LENGTH = Math.log(400);
const SIGMA_LOG_LENGTH = 0.8;
const SYLLABLES =
  'ba be bi bo ca ce co da de di do fa fe fi ga ge la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi xa za zu'.split(
    ' ',
  );
const VERBS = 'parse read write fetch render update create delete find merge split encode decode store load'.split(' ');
/** The commonest words of English, in its order: with these a message reads like one. */
const COMMON =
  'the of and to in a is that for it as was with be by on not he this are or his from at which but have an had they you were their one all we can her has there been if more when will would who so no'.split(
    ' ',
  );

/**
 * Messages that are hard in the way real ones are: a few words everywhere, most words rare (Zipf), names of code in
 * between, lengths from a line to pages. The same seed makes the same messages.
 */
export class GeneratedText {
  private readonly random: SeededRandom;
  private readonly words: readonly string[];
  private readonly code: readonly string[];
  private readonly cumulative: readonly number[];

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.words = [...COMMON, ...this.distinct(VOCABULARY_WORDS - COMMON.length, () => this.inventedWord())];
    this.code = this.distinct(CODE_TOKENS, () => this.codeToken());
    let sum = 0;
    this.cumulative = this.words.map((_, rank) => (sum += 1 / (rank + 2.7)));
  }

  message(): string {
    const length = Math.max(20, Math.round(Math.exp(MEAN_LOG_LENGTH + SIGMA_LOG_LENGTH * this.normal())));
    let text = '';
    while (text.length < length) {
      text += this.random.chance(CODE_PART) ? this.random.pick(this.code) : this.word();
      text += this.random.chance(0.08) ? '. ' : this.random.chance(0.01) ? '\n\n' : ' ';
    }
    return text;
  }

  /** The word of that rank, from 0; low ranks are in most messages. */
  wordOfRank(rank: number): string {
    return this.words[rank] ?? '';
  }

  private word(): string {
    const total = this.cumulative.at(-1) ?? 0;
    const wanted = this.random.next() * total;
    let low = 0;
    let high = this.words.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.cumulative[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? '';
  }

  private inventedWord(): string {
    return (
      Array.from({ length: this.random.between(2, 4) }, () => this.random.pick(SYLLABLES)).join('') +
      this.random.pick(['', '', 'n', 's', 'ing', 'ed'])
    );
  }

  private codeToken(): string {
    const name = this.inventedWord();
    const verb = this.random.pick(VERBS);
    return this.random.pick([
      `${verb}${name[0]?.toUpperCase()}${name.slice(1)}`,
      `${verb}_${name}`,
      `src/${verb}/${name}.ts`,
      `${name}.${verb}()`,
      `0x${this.random.below(65_536).toString(16)}`,
    ]);
  }

  private distinct(count: number, make: () => string): readonly string[] {
    const found = new Set<string>();
    while (found.size < count) found.add(make());
    return [...found];
  }

  /** Of the normal distribution (Box and Muller). */
  private normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random.next())) * Math.cos(2 * Math.PI * this.random.next());
  }
}
