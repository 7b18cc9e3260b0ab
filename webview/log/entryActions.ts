import type { EntryView } from '../../src/protocol/views';
import type { RequestBody } from '../shared/events';
import { strings } from './strings';
import { RequestEvent } from '../shared/events';

const CONFIRMATION_MS = 1400;

/** Actions that are confirmed on their button. Others have a visible effect. */
const CONFIRMED: ReadonlySet<string> = new Set(['copy', 'copyEntry', 'insertAtCursor']);

/** The element that handles the clicks. */
export interface ActingElement extends HTMLElement {
  /** Null until the element has its entry. */
  readonly entry: Pick<EntryView, 'id' | 'content'> | null;
  startEditing(): void;
}

/** Handles clicks and keys in an entry: links, code buttons, tools and branch arrows. */
export class EntryActions {
  constructor(private readonly element: ActingElement) {}

  readonly handleClick = (event: Event): void => {
    const target = actionTarget(event);
    if (target === null) return;
    event.preventDefault();
    // The editor's own page would follow the link.
    event.stopPropagation();
    this.#act(target);
  };

  readonly handleKey = (event: KeyboardEvent): void => {
    const target = event.key === 'Enter' ? actionTarget(event) : null;
    if (target === null || target instanceof HTMLButtonElement) return;
    event.preventDefault();
    this.#act(target);
  };

  #act(target: HTMLElement): void {
    const { action } = target.dataset;
    if (target.getAttribute('aria-disabled') === 'true') return;
    if (action === 'edit') this.element.startEditing();
    const body = this.#requestOf(target);
    if (body === null) return;
    this.element.dispatchEvent(new RequestEvent(body));
    if (target instanceof HTMLButtonElement && action !== undefined && CONFIRMED.has(action)) confirm(target);
  }

  #requestOf(target: HTMLElement): RequestBody | null {
    const { href, action } = target.dataset;
    if (href !== undefined) return { type: 'openLink', href };
    const { entry } = this.element;
    return (entry === null ? null : toolRequest(action, entry.id, entry.content)) ?? codeRequest(action, target);
  }
}

function toolRequest(action: string | undefined, entryId: string, content: string): RequestBody | null {
  switch (action) {
    case 'copyEntry':
      return { type: 'copy', text: content };
    case 'regenerate':
      return { type: 'regenerate', entryId };
    case 'continueReply':
      return { type: 'continueReply', entryId };
    case 'fork':
      return { type: 'fork', entryId };
    case 'previousBranch':
      return { type: 'chooseSibling', entryId, step: -1 };
    case 'nextBranch':
      return { type: 'chooseSibling', entryId, step: 1 };
    default:
      return null;
  }
}

function codeRequest(action: string | undefined, target: HTMLElement): RequestBody | null {
  const block = target.closest<HTMLElement>('.code-block');
  const text = block?.querySelector('code')?.textContent ?? '';
  switch (action) {
    case 'copy':
      return { type: 'copy', text };
    case 'insertAtCursor':
      return { type: 'insertAtCursor', text };
    case 'openInNewFile':
      return { type: 'openInNewFile', text, languageId: block?.dataset['language'] ?? '' };
    default:
      return null;
  }
}

function actionTarget(event: Event): HTMLElement | null {
  const [innermost] = event.composedPath();
  const element = innermost instanceof Element ? innermost.closest('[data-href], button[data-action]') : null;
  return element instanceof HTMLElement ? element : null;
}

/** Confirms the action on its button. */
function confirm(button: HTMLButtonElement): void {
  if (button.dataset['done'] !== undefined) return;
  const label = button.textContent;
  button.dataset['done'] = '';
  button.textContent = button.dataset['action']?.startsWith('copy') === true ? strings.copied() : strings.done();
  setTimeout(() => {
    delete button.dataset['done'];
    button.textContent = label;
  }, CONFIRMATION_MS);
}
