import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { HistoryEntryView } from '../../src/protocol/views';
import { formatCount } from '../shared/format';
import { sharedStrings } from '../shared/strings';
import type { ArchiveFilter } from './archivePages';
import type { HistoryPages } from './historyPages';
import type { SearchState } from './historySearch';
import { strings } from './strings';

/** The syntax of a search is the same in every language. */
export const FILTERS = 'tag: model: role: before: after: cost>';
export const FILTER_EXAMPLES = 'tag:parser model:sonnet role:user before:2026-11-01 after:2026-10-01 cost>0.05';

/** Active or archived, with their counts. */
export function filterTabs(
  pages: Pick<HistoryPages, 'chosen' | 'totalOf'>,
  choose: (filter: ArchiveFilter) => void,
): TemplateResult {
  const tab = (filter: ArchiveFilter, label: string): TemplateResult => {
    const total = pages.totalOf(filter);
    return html`<button class="filter" aria-pressed=${pages.chosen === filter} @click=${() => choose(filter)}>
      ${label} <span class="total">${total === null ? '' : formatCount(total)}</span>
    </button>`;
  };
  return html`<span role="group" aria-label=${strings.filter()}
    >${tab('active', strings.active())}${tab('archived', strings.archived())}</span
  >`;
}

/** How many results a search has; empty without a search. */
export function foundText(search: SearchState): string {
  if (search.kind === 'refused' || search.kind === 'idle') return '';
  if (search.hits === null) return sharedStrings.loading();
  const count = search.hits.hits.length + search.hits.conversations.length;
  return search.hits.complete ? strings.results(count) : strings.resultsAtLeast(formatCount(count));
}

/** Says what was deleted, with the way back. */
export function undoLine({ runLabel, title }: HistoryEntryView, undo: () => void): TemplateResult {
  return html`<div class="undo data">
    <span>${strings.deleted(runLabel)}<span class="undo-title">· ${title}</span></span>
    <vscode-button class="quiet" aria-label=${strings.undoDelete(runLabel)} @click=${undo}
      >${strings.undo()}</vscode-button
    >
  </div>`;
}

/** The keys of a row. */
export function keyLine(filter: ArchiveFilter): TemplateResult {
  const keys: readonly (readonly [key: string, action: string])[] = [
    ['F2', strings.keyRename()],
    ['T', strings.keyTag()],
    ['P', strings.keyPin()],
    ['A', filter === 'active' ? strings.keyArchive() : strings.keyRestore()],
    ['Del', strings.keyDelete()],
  ];
  return html`<p class="keys data" aria-hidden="true">
    ${keys.map(([key, action]) => html`<span><b>${key}</b> ${action}</span>`)}
  </p>`;
}
