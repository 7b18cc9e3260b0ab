import type { Token } from 'markdown-it';
import { createParser, fenceLanguage } from './parser';
import type { References } from './parser';

/** A fenced block at the end of the text that is not closed yet. */
export interface OpenFence {
  readonly language: string;
  /** Complete lines, each with its line feed. */
  readonly code: string;
  /** The incomplete last line; empty while it may become the closing line. */
  readonly partialLine: string;
}

/** What is new since the last step, as unsanitised HTML. */
export interface SplitStep {
  /** Blocks that no further text can change, in order. */
  readonly finished: readonly string[];
  /** The unfinished blocks as they look now. */
  readonly tail: string;
  /** Set instead of `tail` while a fence is open. */
  readonly openFence: OpenFence | null;
  /** Finished blocks whose links could be resolved only at the end, by index among all finished blocks. */
  readonly corrections: readonly { readonly index: number; readonly html: string }[];
}

interface FenceState {
  readonly language: string;
  readonly indent: number;
  readonly isClosing: RegExp;
  /** Start of the next line to examine in the tail. */
  nextLine: number;
  code: string;
}

const parser = createParser();

/**
 * Splits growing Markdown text into top-level blocks, so that each block is rendered once when it is finished and only
 * the last block repeatedly. A block is finished when complete lines start another block after it: an incomplete line
 * may still turn a heading into a paragraph. The result equals parsing the whole text at once.
 */
export class BlockSplitter {
  readonly #references: References = {};
  /** Sources of finished blocks that a later link definition may change. */
  readonly #unresolved = new Map<number, string>();
  #finishedCount = 0;
  #tail = '';
  #checkedLength = 0;
  #pendingReturn = false;
  #fence: FenceState | null = null;

  /** Cheap: nothing is parsed before {@link step}. */
  append(text: string): void {
    const whole = this.#pendingReturn ? `\r${text}` : text;
    this.#pendingReturn = whole.endsWith('\r');
    const complete = this.#pendingReturn ? whole.slice(0, -1) : whole;
    this.#tail += complete.replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd');
  }

  step(): SplitStep {
    const finished: string[] = [];
    let progressed = true;
    while (progressed)
      progressed = this.#fence === null ? this.#splitLines(finished) : this.#readFence(this.#fence, finished);
    const openFence = this.#fence === null ? null : this.#describe(this.#fence);
    return {
      finished,
      tail: openFence === null ? this.#render(this.#tail, this.#scratch()) : '',
      openFence,
      corrections: [],
    };
  }

  /** The last step: everything is finished. */
  finish(): SplitStep {
    if (this.#pendingReturn) this.append('\n');
    const { finished } = this.step();
    const rest = this.#finish(this.#tail);
    this.#fence = null;
    this.#tail = '';
    return { finished: [...finished, rest], tail: '', openFence: null, corrections: this.#correct() };
  }

  /** Returns true if it shortened the tail and may do so again. */
  #splitLines(finished: string[]): boolean {
    const completeLength = this.#tail.lastIndexOf('\n') + 1;
    if (completeLength <= this.#checkedLength) return false;
    this.#checkedLength = completeLength;
    const source = this.#tail.slice(0, completeLength);
    const blocks = this.#topLevelBlocks(source);
    const last = blocks.at(-1);
    const lines = lineStarts(source);
    if (last !== undefined && isOpenFence(last, source, lines)) {
      this.#openFence(last, lines, finished);
      return true;
    }
    const settled = lastSettled(blocks);
    if (settled?.map) this.#take(lines[settled.map[1]] ?? completeLength, finished);
    return false;
  }

  #openFence(token: Token, lines: readonly number[], finished: string[]): void {
    const [startLine] = token.map ?? [0, 0];
    const start = lines[startLine] ?? 0;
    const bodyStart = lines[startLine + 1] ?? this.#tail.length;
    const indent = /^ */.exec(this.#tail.slice(start, start + 4))?.[0].length ?? 0;
    const marker = token.markup[0] === '~' ? '~' : '`';
    this.#take(start, finished);
    this.#fence = {
      language: fenceLanguage(token.info),
      indent,
      isClosing: new RegExp(`^ {0,3}${marker}{${token.markup.length},}[ \\t]*$`),
      nextLine: bodyStart - start,
      code: '',
    };
  }

  #readFence(fence: FenceState, finished: string[]): boolean {
    for (;;) {
      const end = this.#tail.indexOf('\n', fence.nextLine);
      if (end < 0) return false;
      const line = this.#tail.slice(fence.nextLine, end);
      fence.nextLine = end + 1;
      if (fence.isClosing.test(line)) {
        this.#fence = null;
        this.#take(end + 1, finished);
        return true;
      }
      fence.code += `${withoutIndent(line, fence.indent)}\n`;
    }
  }

  #describe(fence: FenceState): OpenFence {
    const partialLine = withoutIndent(this.#tail.slice(fence.nextLine), fence.indent);
    return {
      language: fence.language,
      code: fence.code,
      partialLine: /^ {0,3}[`~]*[ \t]*$/.test(partialLine) ? '' : partialLine,
    };
  }

  #take(length: number, finished: string[]): void {
    if (length === 0) return;
    finished.push(this.#finish(this.#tail.slice(0, length)));
    this.#tail = this.#tail.slice(length);
    this.#checkedLength = 0;
  }

  #finish(source: string): string {
    if (source.includes('[')) this.#unresolved.set(this.#finishedCount, source);
    this.#finishedCount += 1;
    return this.#render(source, { references: this.#references });
  }

  #correct(): { index: number; html: string }[] {
    if (Object.keys(this.#references).length === 0) return [];
    return [...this.#unresolved].map(([index, source]) => ({
      index,
      html: this.#render(source, { references: this.#references }),
    }));
  }

  #topLevelBlocks(source: string): Token[] {
    const tokens: Token[] = [];
    parser.block.parse(source, parser, this.#scratch(), tokens);
    return tokens.filter((token) => token.level === 0 && token.nesting >= 0 && token.map !== null);
  }

  #render(source: string, env: { references: References }): string {
    return source === '' ? '' : parser.render(source, env);
  }

  /** Forgets the link definitions of unfinished text, whose lines may still change. */
  #scratch(): { references: References } {
    const references: References = Object.create(this.#references);
    return { references };
  }
}

/**
 * The last block that is ended by the next one. A paragraph directly below a link definition may still become its
 * title.
 */
function lastSettled(blocks: readonly Token[]): Token | undefined {
  const previous = blocks.at(-2);
  const last = blocks.at(-1);
  const mayGrow =
    previous?.type === 'reference_definition' && last?.type === 'paragraph_open' && previous.map?.[1] === last.map?.[0];
  return mayGrow ? blocks.at(-3) : previous;
}

/** Offsets of line starts, and the end of the text. */
function lineStarts(source: string): number[] {
  const starts = [0];
  for (let index = source.indexOf('\n'); index >= 0; index = source.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}

function isOpenFence(token: Token, source: string, lines: readonly number[]): boolean {
  if (token.type !== 'fence' || token.map === null) return false;
  const [startLine, endLine] = token.map;
  if (endLine - startLine < 2) return true;
  const lastLine = source.slice(lines[endLine - 1], lines[endLine]).trimEnd();
  const marker = token.markup[0] === '~' ? '~' : '`';
  return !new RegExp(`^ {0,3}${marker}{${token.markup.length},}$`).test(lastLine);
}

function withoutIndent(line: string, indent: number): string {
  let spaces = 0;
  while (spaces < indent && line[spaces] === ' ') spaces += 1;
  return line.slice(spaces);
}
