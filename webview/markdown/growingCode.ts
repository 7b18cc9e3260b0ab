import { codeElementOf, emptyCodeBlock } from './codeBlock';
import type { OpenFence } from './blockSplitter';
import { markHidden } from './decorate';
import { highlightCode } from './highlighter';

/** Lines that are highlighted together. A finished run is never highlighted again, which keeps long code cheap. */
const RUN_LINES = 24;

/** A code block that is not closed yet. It grows by runs of lines and is replaced by the finished block. */
export class GrowingCode {
  readonly block: HTMLElement;
  readonly #code: HTMLElement;
  readonly #language: string;
  #run: HTMLElement;
  #partial = document.createTextNode('');
  #taken = 0;
  #runText = '';
  #runLines = 0;

  constructor(language: string) {
    this.#language = language;
    this.block = emptyCodeBlock(language);
    this.#code = codeElementOf(this.block);
    this.#run = this.#newRun();
  }

  draw(fence: OpenFence): void {
    const fresh = fence.code.slice(this.#taken);
    this.#taken = fence.code.length;
    if (fresh !== '') this.#addLines(fresh);
    if (this.#partial.data !== fence.partialLine) this.#partial.data = fence.partialLine;
  }

  #addLines(fresh: string): void {
    for (const line of fresh.split(/(?<=\n)/)) {
      if (this.#runLines === RUN_LINES) this.#startRun();
      this.#runText += line;
      this.#runLines += 1;
      if (this.#runLines === RUN_LINES) this.#colour();
    }
    this.#colour();
  }

  #startRun(): void {
    this.#run = this.#newRun();
    this.#runText = '';
    this.#runLines = 0;
  }

  #colour(): void {
    this.#run.replaceChildren(highlightCode(this.#runText, this.#language), this.#partial);
    markHidden(this.#run);
  }

  #newRun(): HTMLElement {
    const run = document.createElement('span');
    run.className = 'code-run';
    this.#partial = document.createTextNode('');
    run.append(this.#partial);
    this.#code.append(run);
    return run;
  }
}
