import { BlockSplitter } from './blockSplitter';
import type { OpenFence, SplitStep } from './blockSplitter';
import { decorate } from './decorate';
import { GrowingCode } from './growingCode';
import { morphChildren } from './morph';
import { sanitizeReply } from './sanitizer';

/** Slower renders are spaced out, so that a huge last block can't block the page. */
const SLOW_DRAW_MS = 8;
const SLOW_DRAW_SPACING = 3;

/**
 * Renders growing Markdown text. Finished blocks are rendered once; each frame renders only the last block again. The
 * final nodes equal those of rendering the whole text at once.
 */
export class ReplyRenderer {
  #splitter = new BlockSplitter();
  #shown = '';
  #isDone = false;
  #lastFinished: ChildNode | null = null;
  #finishedNodes: ChildNode[][] = [];
  #growing: GrowingCode | null = null;
  #frame = 0;
  #notBefore = 0;

  constructor(private readonly container: HTMLElement) {}

  /** Text that does not continue the previous text starts over. Complete text is rendered at once. */
  update(text: string, isComplete: boolean): void {
    if (this.#isDone ? text !== this.#shown : !text.startsWith(this.#shown)) this.#reset();
    if (this.#isDone) return;
    this.#splitter.append(text.slice(this.#shown.length));
    this.#shown = text;
    if (isComplete) this.#finish();
    else this.#schedule();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#isDone) return;
      const startMs = performance.now();
      if (startMs < this.#notBefore) {
        this.#schedule();
        return;
      }
      this.#draw(this.#splitter.step());
      const costMs = performance.now() - startMs;
      this.#notBefore = costMs > SLOW_DRAW_MS ? startMs + costMs * SLOW_DRAW_SPACING : 0;
    });
  }

  #finish(): void {
    this.dispose();
    this.#isDone = true;
    const step = this.#splitter.finish();
    this.#draw(step);
    for (const { index, html } of step.corrections) this.#correct(index, html);
    this.#finishedNodes = [];
  }

  #draw(step: SplitStep): void {
    if (step.finished.length > 0 || step.openFence === null) this.#drawBlocks(step);
    if (step.openFence !== null) this.#drawFence(step.openFence);
  }

  #drawBlocks(step: SplitStep): void {
    this.#growing = null;
    const wanted = document.createDocumentFragment();
    const counts = step.finished.map((html) => appendHtml(wanted, html));
    appendHtml(wanted, step.tail);
    morphChildren(this.container, this.#firstTail(), wanted);
    for (const count of counts) this.#claim(count);
  }

  /** Adds the next nodes to the finished ones. */
  #claim(count: number): void {
    const nodes: ChildNode[] = [];
    for (let node = this.#firstTail(); node !== null && nodes.length < count; node = node.nextSibling) nodes.push(node);
    this.#finishedNodes.push(nodes);
    this.#lastFinished = nodes.at(-1) ?? this.#lastFinished;
  }

  #firstTail(): ChildNode | null {
    return this.#lastFinished === null ? this.container.firstChild : this.#lastFinished.nextSibling;
  }

  #drawFence(fence: OpenFence): void {
    if (this.#growing === null) {
      this.#growing = new GrowingCode(fence.language);
      const wanted = document.createDocumentFragment();
      wanted.append(this.#growing.block);
      this.#dropTail();
      this.container.append(wanted);
    }
    this.#growing.draw(fence);
  }

  #dropTail(): void {
    for (let node = this.#firstTail(); node !== null; node = this.#firstTail()) node.remove();
  }

  #correct(index: number, html: string): void {
    const nodes = this.#finishedNodes[index];
    const [first] = nodes ?? [];
    if (nodes === undefined || first === undefined) return;
    const wanted = document.createDocumentFragment();
    appendHtml(wanted, html);
    first.before(wanted);
    for (const node of nodes) node.remove();
  }

  #reset(): void {
    this.dispose();
    this.#splitter = new BlockSplitter();
    this.#shown = '';
    this.#isDone = false;
    this.#lastFinished = null;
    this.#finishedNodes = [];
    this.#growing = null;
    this.container.replaceChildren();
  }
}

/** Returns the number of nodes added. */
function appendHtml(target: DocumentFragment, html: string): number {
  if (html === '') return 0;
  const nodes = decorate(sanitizeReply(html));
  const count = nodes.childNodes.length;
  target.append(nodes);
  return count;
}
