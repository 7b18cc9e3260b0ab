/** Equal text shorter than this is chance: phrases, indentation, ends of lines. UTF-16 units, as all lengths here. */
const LEAST_REPEATED = 16;
/** A model that takes up the end again takes up its last sentence or paragraph, or else begins the whole text anew. */
const MOST_REPEATED = 400;
/** From this length on a new beginning counts as one even where it was cut itself. */
const LEAST_RESTARTED = 64;

/** What a model gets to go on from: without the white space at the end, which Anthropic refuses, and without half a character. */
export function textToContinue(text: string): string {
  const whole = text.trimEnd();
  return endsInHalf(whole) ? whole.slice(0, -1).trimEnd() : whole;
}

/**
 * Joins the text that a model streams to the text it was to go on from, piece by piece, without a gap and without
 * doubling: white space that was cut before sending and comes again is left out, and so is a beginning that repeats
 * the old text verbatim up to its very end (its last part of 16 to 400 characters, or all of it).
 *
 * Only what reaches the old end is a repetition. Text that follows the old for a while and then differs is text of
 * its own (a second file with the same imports, another version of the answer): cut to where it differs it would
 * be a fragment that makes no sense, so it stays whole. What repeats within itself (`0, 0, 0, …`) may as well go on
 * as come again, and stays: a doubled piece is seen, a missing one is not.
 *
 * Text is held back only while it equals a part of the old one.
 */
export class ReplyJoin {
  private readonly beginning: number;
  /** White space before text that may repeat the old: it goes with it. */
  private lead = '';
  private repetition: Overlap | null;
  private gap: Overlap | null;
  private half = '';

  constructor(text: string) {
    const sent = textToContinue(text);
    const cut = text.slice(sent.length);
    this.beginning = sent.length - sent.trimStart().length;
    this.repetition = new Overlap(sent, startsOf(sent, this.beginning), (held) => isRepetition(held, LEAST_REPEATED));
    this.gap = new Overlap(
      cut,
      Array.from({ length: cut.length }, (_, i) => i),
      () => true,
    );
  }

  /** @returns what is to be appended now; the rest comes later. */
  take(piece: string): string {
    let out = this.half;
    for (let i = 0; i < piece.length; i++) out += this.takeUnit(piece.charAt(i));
    this.half = endsInHalf(out) ? out.slice(-1) : '';
    return out.slice(0, out.length - this.half.length);
  }

  /** What was held back, when nothing more comes. */
  end(): string {
    const rest = this.repetition === null ? '' : this.isRestart(this.repetition) ? '' : this.behind(this.repetition);
    const out = this.half + rest + (this.gap?.rest ?? '');
    this.repetition = this.gap = null;
    this.half = '';
    return out;
  }

  private takeUnit(unit: string): string {
    const { repetition } = this;
    if (repetition === null) return this.takeBehind(unit);
    if (repetition.held === '' && unit.trim() === '') {
      this.lead += unit;
      return '';
    }
    return repetition.take(unit) ? '' : this.behind(repetition);
  }

  /** It began the whole text anew and was cut itself: it says nothing that does not stand there already. */
  private isRestart(repetition: Overlap): boolean {
    return repetition.follows(this.beginning) && isRepetition(repetition.held, LEAST_RESTARTED);
  }

  private behind(repetition: Overlap): string {
    this.repetition = null;
    const rest = repetition.matched > 0 ? repetition.rest : this.lead + repetition.held;
    let out = '';
    for (let i = 0; i < rest.length; i++) out += this.takeBehind(rest.charAt(i));
    return out;
  }

  private takeBehind(unit: string): string {
    const { gap } = this;
    if (gap === null) return unit;
    if (gap.take(unit)) return '';
    this.gap = null;
    return gap.rest;
  }
}

/** The longest beginning of what comes that is the end of `text`, of those that count. */
class Overlap {
  held = '';
  matched = 0;

  constructor(
    private readonly text: string,
    /** Places in `text` from which everything that came so far may be its end. */
    private starts: readonly number[],
    private readonly counts: (held: string) => boolean,
  ) {}

  /** What does not overlap. */
  get rest(): string {
    return this.held.slice(this.matched);
  }

  /** @returns false when it is decided: nothing that comes later can change `matched`. */
  take(unit: string): boolean {
    const at = this.held.length;
    this.held += unit;
    const following = this.starts.filter((start) => this.text.charAt(start + at) === unit);
    this.starts = following.filter((start) => start + at + 1 < this.text.length);
    if (this.starts.length < following.length && this.counts(this.held)) this.matched = this.held.length;
    return this.starts.length > 0;
  }

  /** Everything that came stands in `text` from there on. */
  follows(start: number): boolean {
    return this.starts.includes(start);
  }
}

function startsOf(sent: string, beginning: number): readonly number[] {
  const first = Math.max(beginning, sent.length - MOST_REPEATED);
  const starts = Array.from({ length: Math.max(0, sent.length - LEAST_REPEATED - first + 1) }, (_, i) => first + i);
  // One that repeats within itself from the start on stays anyway, and is not held back for it.
  const head = sent.slice(beginning, beginning + LEAST_RESTARTED);
  return first > beginning && isRepetition(head, LEAST_RESTARTED) ? [beginning, ...starts] : starts;
}

/** Long enough, and not one short piece over and over. */
const isRepetition = (text: string, least: number): boolean =>
  text.length >= least && shortestPeriod(text) * 2 > text.length;

/** The smallest distance at which the text equals itself (from its longest border, Knuth–Morris–Pratt). */
function shortestPeriod(text: string): number {
  const borders = [0];
  let border = 0;
  for (let i = 1; i < text.length; i++) {
    while (border > 0 && text.charAt(i) !== text.charAt(border)) border = borders[border - 1] ?? 0;
    if (text.charAt(i) === text.charAt(border)) border += 1;
    borders.push(border);
  }
  return text.length - border;
}

function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
