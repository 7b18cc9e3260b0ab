import type { BudgetView, EntryView, PanelView } from '../../src/protocol/views';
import { ReplyAnnouncer } from './replyAnnouncer';
import { formatPercent } from '../shared/format';
import { strings } from './strings';

/** Lines kept in the live region. */
const KEPT_LINES = 12;

/** Announces replies, their costs, retries and budget levels in the panel's only live region. */
export class PanelAnnouncer {
  #reply: { readonly entryId: string; readonly announcer: ReplyAnnouncer } | null = null;
  #level: BudgetView['level'] | null = null;
  #retryText = '';

  announce(view: PanelView, box: HTMLElement): void {
    const lines = [
      ...this.#replyLines(view),
      ...this.#retryLines(view.live?.retryText ?? ''),
      ...this.#budgetLines(view.budget),
    ];
    for (const line of lines) {
      const element = document.createElement('p');
      element.textContent = line;
      box.append(element);
    }
    while (box.childElementCount > KEPT_LINES) box.firstElementChild?.remove();
  }

  #replyLines(view: PanelView): string[] {
    const { entries } = view.conversation;
    const running = entries.findLast((entry) => entry.state === 'streaming');
    if (running !== undefined && running.id !== this.#reply?.entryId) {
      this.#reply = { entryId: running.id, announcer: new ReplyAnnouncer() };
    }
    const spoken = this.#spokenEntry(entries);
    return spoken === undefined ? [] : (this.#reply?.announcer.next(spoken) ?? []);
  }

  #spokenEntry(entries: readonly EntryView[]): EntryView | undefined {
    const id = this.#reply?.entryId;
    return id === undefined ? undefined : entries.findLast((entry) => entry.id === id);
  }

  #retryLines(text: string): string[] {
    const isNews = text !== '' && text !== this.#retryText;
    this.#retryText = text;
    return isNews ? [text] : [];
  }

  #budgetLines(budget: BudgetView): string[] {
    const before = this.#level;
    this.#level = budget.level;
    if (before === null || before === budget.level) return [];
    if (budget.level === 'exhausted') return [strings.budgetExhausted()];
    return budget.level === 'warning' ? [strings.budgetWarning(formatPercent(budget.fraction))] : [];
  }
}
