import type { Answer } from '../../src/protocol/messages';
import type { RequestBody } from '../channel';
import { strings } from '../strings';
import { RequestEvent } from './events';
import type { EntryElement } from './nt-entry';

const CONFIRMATION_MS = 1400;

/** Clicks and keys within an entry's text: links and code buttons. One listener for all of them. */
export class EntryActions {
  constructor(private readonly element: EntryElement) {}

  readonly handleClick = (event: Event): void => {
    const target = actionTarget(event);
    if (target === null) return;
    event.preventDefault();
    // The editor's page follows links that it finds on a click's way up.
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
    const body = this.#requestOf(target);
    if (body === null) return;
    const confirms = target instanceof HTMLButtonElement ? (answer: Answer): void => confirm(target, answer) : undefined;
    this.element.dispatchEvent(new RequestEvent(body, undefined));
    if (confirms !== undefined && body.type !== 'openInNewFile') confirms({ kind: 'ok' });
  }

  #requestOf(target: HTMLElement): RequestBody | null {
    const { href, action } = target.dataset;
    if (href !== undefined) return { type: 'openLink', href };
    if (action === 'copyReply') return { type: 'copy', text: this.element.entry?.content ?? '' };
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
}

function actionTarget(event: Event): HTMLElement | null {
  const [innermost] = event.composedPath();
  const element = innermost instanceof Element ? innermost.closest('[data-href], button[data-action]') : null;
  return element instanceof HTMLElement ? element : null;
}

/** Says on the button itself that it worked. */
function confirm(button: HTMLButtonElement, answer: Answer): void {
  if (answer.kind === 'refused' || button.dataset['done'] !== undefined) return;
  const label = button.textContent;
  button.dataset['done'] = '';
  button.textContent = button.dataset['action']?.startsWith('copy') === true ? strings.copied : strings.done;
  setTimeout(() => {
    delete button.dataset['done'];
    button.textContent = label;
  }, CONFIRMATION_MS);
}
