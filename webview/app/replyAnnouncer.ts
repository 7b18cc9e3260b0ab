import type { EntryView } from '../../src/protocol/views';
import { strings } from './strings';

/** End of a sentence: punctuation before white space, a colon at the end of a line, or an empty line. */
const SENTENCE_END = /[.!?…](?=["')\]*_`]*\s)["')\]*_`]*\s|\n\s*\n|:\s*\n/g;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/;

/** Splits a streaming reply into announcements: sentences, the language of code blocks, the cost at the end. */
export class ReplyAnnouncer {
  #line = 0;
  #prose = '';
  #isInCode = false;
  #isOver = false;

  /** Returns what is new since the last call. */
  next(entry: EntryView): string[] {
    if (this.#isOver) return [];
    const said: string[] = [];
    const isComplete = entry.state !== 'streaming';
    this.#readLines(entry.content, isComplete, said);
    said.push(...this.#takeSentences(isComplete));
    if (!isComplete) return said;
    this.#isOver = true;
    return [...said, outcome(entry)];
  }

  #readLines(content: string, isComplete: boolean, said: string[]): void {
    for (;;) {
      const end = content.indexOf('\n', this.#line);
      if (end < 0 && !isComplete) return;
      const line = end < 0 ? content.slice(this.#line) : content.slice(this.#line, end + 1);
      this.#line += line.length;
      this.#readLine(line, said);
      if (end < 0) return;
    }
  }

  #readLine(line: string, said: string[]): void {
    const fence = FENCE.exec(line);
    if (fence !== null) {
      this.#isInCode = !this.#isInCode;
      if (this.#isInCode) said.push(...this.#takeSentences(true), codeBlockText(fence[2] ?? ''));
    } else if (!this.#isInCode) {
      this.#prose += line;
    }
  }

  #takeSentences(isComplete: boolean): string[] {
    const sentences: string[] = [];
    let start = 0;
    for (const match of this.#prose.matchAll(SENTENCE_END)) {
      const end = match.index + match[0].length;
      sentences.push(this.#prose.slice(start, end));
      start = end;
    }
    if (isComplete) sentences.push(this.#prose.slice(start));
    this.#prose = isComplete ? '' : this.#prose.slice(start);
    return sentences.map(spoken).filter((sentence) => sentence !== '');
  }
}

/** Strips Markdown markup, which a screen reader would read out. */
function spoken(sentence: string): string {
  return sentence
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(?:#{1,6}|[-*+>]|\d+[.)])[ \t]+/gm, '')
    .replace(/[*_`|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const codeBlockText = (codeLanguage: string): string =>
  codeLanguage === '' ? strings.codeBlock() : strings.codeBlockIn(codeLanguage);

function outcome({ state, costText, failure }: EntryView): string {
  const ending = endingText(state, costText);
  return failure === null ? ending : `${failure.title} ${ending}`;
}

function endingText(state: EntryView['state'], costText: string): string {
  switch (state) {
    case 'complete':
    case 'streaming':
      return strings.complete(costText);
    case 'cancelled':
      return strings.stopped(costText);
    case 'interrupted':
      return strings.interrupted(costText);
    case 'failed':
      return strings.failed(costText);
  }
}
