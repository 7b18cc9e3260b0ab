/** Characters of all texts whose counts are kept. Most of them are held by their conversations anyway. */
const MAX_CHARACTERS = 32_000_000;

/** Counts of texts in one encoding. Those that were used least recently are given up first. */
export class CountCache {
  /** Least recently used first. */
  private readonly counts = new Map<string, number>();
  private characters = 0;

  constructor(private readonly maxCharacters = MAX_CHARACTERS) {}

  get(text: string): number | undefined {
    const count = this.counts.get(text);
    if (count !== undefined) {
      this.counts.delete(text);
      this.counts.set(text, count);
    }
    return count;
  }

  set(text: string, count: number): void {
    if (!this.counts.has(text)) this.characters += text.length;
    this.counts.set(text, count);
    for (const oldest of this.counts.keys()) {
      if (this.characters <= this.maxCharacters) break;
      this.counts.delete(oldest);
      this.characters -= oldest.length;
    }
  }
}
