/** Total characters of cached texts. Most of these strings are in memory anyway, as part of conversations. */
const MAX_CHARACTERS = 32_000_000;

/** Token counts of texts in one encoding; a least-recently-used cache. */
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
