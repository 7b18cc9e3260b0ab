/** The Markdown pipeline alone, in a page with the panel's policy, with frames driven by the test. */
import { codeStyles } from '../../../webview/markdown/code.styles';
import { markdownStyles } from '../../../webview/markdown/markdown.styles';
import { highlightCode } from '../../../webview/markdown/highlighter';
import { ReplyRenderer } from '../../../webview/markdown/replyRenderer';
import { sanitizeCode, sanitizeReply } from '../../../webview/markdown/sanitizer';

interface MarkdownHarness {
  oneShot(text: string): string;
  /** Renders the pieces one after the other, with a frame after each, then the end. */
  stream(pieces: readonly string[]): string;
  /** The number of cuts that give other nodes than the whole text, and the first of them. */
  compareEveryCut(text: string): { readonly differing: number; readonly first: number | null };
  /** Nodes that were replaced although only the end of the text changed. */
  identityLosses(text: string, step: number): number;
  /** Characters parsed as HTML or inserted into the page while the text grew by `step`. */
  work(text: string, step: number): number;
  highlight(code: string, language: string): string;
  /** What the sanitiser leaves of HTML that our parser would not produce. */
  sanitize(html: string): { readonly tags: string[]; readonly attributes: string[] };
}

declare global {
  interface Window {
    markdownHarness: MarkdownHarness;
  }
}

let frames: (() => void)[] = [];

function passFrame(): void {
  const due = frames;
  frames = [];
  for (const frame of due) frame();
}

/** Runs `work` with frames driven by {@link passFrame}. */
function withOwnFrames<T>(work: () => T): T {
  const original = window.requestAnimationFrame;
  window.requestAnimationFrame = (callback) => frames.push(() => callback(performance.now()));
  try {
    return work();
  } finally {
    window.requestAnimationFrame = original;
    frames = [];
  }
}

function newContainer(): HTMLElement {
  const container = document.createElement('div');
  container.className = 'text';
  document.body.append(container);
  return container;
}

function oneShot(text: string): string {
  const container = newContainer();
  new ReplyRenderer(container).update(text, true);
  container.remove();
  return container.innerHTML;
}

function stream(pieces: readonly string[]): string {
  return withOwnFrames(() => {
    const container = newContainer();
    const renderer = new ReplyRenderer(container);
    let text = '';
    for (const piece of pieces) {
      text += piece;
      renderer.update(text, false);
      passFrame();
    }
    renderer.update(text, true);
    container.remove();
    return container.innerHTML;
  });
}

function compareEveryCut(text: string): { differing: number; first: number | null } {
  const wanted = oneShot(text);
  let differing = 0;
  let first: number | null = null;
  for (let cut = 0; cut <= text.length; cut++) {
    if (stream([text.slice(0, cut), text.slice(cut)]) === wanted) continue;
    differing += 1;
    first ??= cut;
  }
  return { differing, first };
}

function identityLosses(text: string, step: number): number {
  return withOwnFrames(() => {
    const container = newContainer();
    const renderer = new ReplyRenderer(container);
    let losses = 0;
    let before: Element[] = [];
    for (let end = step; end < text.length + step; end += step) {
      renderer.update(text.slice(0, end), end >= text.length);
      passFrame();
      const now = [...container.children];
      losses += before.slice(0, -1).filter((element, index) => now[index] !== element).length;
      before = now;
    }
    container.remove();
    return losses;
  });
}

function work(text: string, step: number): number {
  return withOwnFrames(() => {
    const container = newContainer();
    const renderer = new ReplyRenderer(container);
    const observer = new MutationObserver(() => undefined);
    observer.observe(container, { childList: true, characterData: true, subtree: true });
    let characters = 0;
    const parse = DOMParser.prototype.parseFromString;
    const { now } = performance;
    // Slow renders are spaced out. A stopped clock keeps the count the same on every machine.
    performance.now = () => 0;
    DOMParser.prototype.parseFromString = function (html, type) {
      characters += String(html).length;
      return parse.call(this, html, type);
    };
    try {
      for (let end = step; end < text.length + step; end += step) {
        renderer.update(text.slice(0, end), end >= text.length);
        passFrame();
        for (const record of observer.takeRecords())
          for (const node of record.addedNodes) characters += node.textContent?.length ?? 0;
      }
    } finally {
      DOMParser.prototype.parseFromString = parse;
      performance.now = now;
    }
    container.remove();
    return characters;
  });
}

function highlight(code: string, language: string): string {
  const holder = document.createElement('code');
  holder.append(highlightCode(code, language));
  return holder.innerHTML;
}

function sanitize(html: string): { tags: string[]; attributes: string[] } {
  const elements = [...sanitizeReply(html).querySelectorAll('*'), ...sanitizeCode(html).querySelectorAll('*')];
  const attributes = elements.flatMap((element) =>
    [...element.attributes].map(({ name, value }) => `${name}=${value}`),
  );
  return { tags: [...new Set(elements.map((element) => element.localName))], attributes: [...new Set(attributes)] };
}

for (const { styleSheet } of [markdownStyles, codeStyles])
  if (styleSheet !== undefined) document.adoptedStyleSheets.push(styleSheet);

window.markdownHarness = { oneShot, stream, compareEveryCut, identityLosses, work, highlight, sanitize };
