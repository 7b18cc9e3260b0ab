import { strings } from './strings';
import { highlightCode } from './highlighter';

export type CodeAction = 'copy' | 'insertAtCursor' | 'openInNewFile';

const ACTIONS: readonly { action: CodeAction; name: () => string; label: () => string }[] = [
  { action: 'copy', name: strings.copyCode, label: strings.copy },
  { action: 'insertAtCursor', name: strings.insertAtCursor, label: strings.insert },
  { action: 'openInNewFile', name: strings.openInNewFile, label: strings.newFile },
];

/** A code block with its header: language and actions. */
export function buildCodeBlock(code: string, language: string): HTMLElement {
  const block = emptyCodeBlock(language);
  codeElementOf(block).append(highlightCode(code, language));
  return block;
}

/** The same block without code. */
export function emptyCodeBlock(language: string): HTMLElement {
  const block = element('div', 'code-block');
  block.dataset['language'] = language;
  block.setAttribute('role', 'group');
  block.setAttribute('aria-label', language === '' ? strings.code() : strings.codeIn(language));
  const head = element('div', 'code-head');
  const name = element('span', 'code-language');
  name.textContent = language === '' ? strings.plainText() : language;
  const actions = element('span', 'code-actions');
  actions.append(...ACTIONS.map(actionButton));
  head.append(name, actions);
  const pre = element('pre', 'code-body');
  pre.tabIndex = 0;
  pre.append(document.createElement('code'));
  block.append(head, pre);
  return block;
}

export function codeElementOf(block: HTMLElement): HTMLElement {
  const code = block.querySelector('code');
  if (code === null) throw new Error('a code block has no code element');
  return code;
}

function actionButton({ action, name, label }: (typeof ACTIONS)[number]): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'code-action';
  button.dataset['action'] = action;
  button.setAttribute('aria-label', name());
  button.title = name();
  button.textContent = label();
  return button;
}

function element(tag: 'div' | 'span' | 'pre', className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
