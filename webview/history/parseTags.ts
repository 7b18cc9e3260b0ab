import { MAX_TAG_CHARACTERS, MAX_TAGS } from '../../src/protocol/messages';

/**
 * Parses `parser, #budget` into tags. Drops `#`, extra white space, duplicates in any case and what exceeds the limits.
 */
export function parseTags(text: string): string[] {
  const tags = new Map<string, string>();
  for (const piece of text.split(/[,\n]/)) {
    const tag = piece.trim().replace(/^#+/, '').replace(/\s+/g, ' ').slice(0, MAX_TAG_CHARACTERS).trim();
    if (tag !== '' && !tags.has(tag.toLocaleLowerCase())) tags.set(tag.toLocaleLowerCase(), tag);
  }
  return [...tags.values()].slice(0, MAX_TAGS);
}
