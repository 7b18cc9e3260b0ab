/** Shorter matches are coincidence: phrases, indentation, line ends. All lengths here are in UTF-16 units. */
const LEAST_REPEATED = 16;
/** A model repeats at most its last sentence or paragraph, unless it starts the whole text again. */
const MOST_REPEATED = 400;
/** From this length on a restart counts as one even if it was interrupted itself. */
const LEAST_RESTARTED = 64;

/** The text to send for continuing: without trailing white space, which Anthropic refuses, and without half a character. */
export function textToContinue(text: string): string {
  const whole = text.trimEnd();
  return endsInHalf(whole) ? whole.slice(0, -1).trimEnd() : whole;
}

/**
 * Joins the streamed text to the text that it continues, piece by piece, without a gap or a repetition. Removed are white
 * space that was cut before sending and comes again, and a beginning that repeats the old text verbatim up to its very
 * end (the last 16 to 400 characters, or all of it).
 *
 * Only a match that reaches the old end is a repetition. Text that follows the old one for a while and then differs is new
 * (a second file with the same imports, another version of the reply) and stays whole: cut where it differs, it would be
 * a meaningless fragment. Text that repeats within itself (`0, 0, 0, …`) may be a continuation, so it stays, too: users
 * notice doubled text, but not missing text.
 *
 * Text is withheld only while it matches a part of the old text.
 */
export class ReplyJoin {
  private readonly beginning: number;
  /** White space before a possible repetition; removed or kept together with it. */
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

  /** @returns the text to append now; the rest comes later. */
  take(piece: string): string {
    let out = this.half;
    for (let i = 0; i < piece.length; i++) out += this.takeUnit(piece.charAt(i));
    this.half = endsInHalf(out) ? out.slice(-1) : '';
    return out.slice(0, out.length - this.half.length);
  }

  /** @returns the withheld text, at the end of the stream. */
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

  /** The model started the whole text again and was interrupted, so there is nothing new. */
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

/** Finds the longest beginning of the new text that is an end of `text` and counts as a repetition. */
class Overlap {
  held = '';
  matched = 0;

  constructor(
    private readonly text: string,
    /** Offsets in `text` where everything received so far matches. */
    private starts: readonly number[],
    private readonly counts: (held: string) => boolean,
  ) {}

  /** The part that does not overlap. */
  get rest(): string {
    return this.held.slice(this.matched);
  }

  /** @returns false once later text can't change `matched`. */
  take(unit: string): boolean {
    const at = this.held.length;
    this.held += unit;
    const following = this.starts.filter((start) => this.text.charAt(start + at) === unit);
    this.starts = following.filter((start) => start + at + 1 < this.text.length);
    if (this.starts.length < following.length && this.counts(this.held)) this.matched = this.held.length;
    return this.starts.length > 0;
  }

  /** Everything received so far matches `text` at `start`. */
  follows(start: number): boolean {
    return this.starts.includes(start);
  }
}

function startsOf(sent: string, beginning: number): readonly number[] {
  const first = Math.max(beginning, sent.length - MOST_REPEATED);
  const starts = Array.from({ length: Math.max(0, sent.length - LEAST_REPEATED - first + 1) }, (_, i) => first + i);
  // A text that repeats within itself from its start stays anyway, so nothing is withheld for it.
  const head = sent.slice(beginning, beginning + LEAST_RESTARTED);
  return first > beginning && isRepetition(head, LEAST_RESTARTED) ? [beginning, ...starts] : starts;
}

/** Long enough, and not a short piece repeated over and over. */
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
