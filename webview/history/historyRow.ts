import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { MAX_TITLE_CHARACTERS } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { formatCount } from '../shared/format';
import { strings } from '../strings';
import { archiveIcon, deleteIcon, forkIcon, pinIcon, renameIcon, restoreIcon, tagIcon } from '../shared/icons';

/** Tags shown in a row; more are counted. */
const SHOWN_TAGS = 3;

const ROW_TOOLS = ['rename', 'tag', 'pin', 'archive', 'delete'] as const;
export type RowTool = (typeof ROW_TOOLS)[number];

export const rowTool = (name: string | undefined): RowTool | null => ROW_TOOLS.find((tool) => tool === name) ?? null;

/** A row whose conversation is being changed in its place. */
export interface RowEdit {
  readonly id: string;
  readonly kind: 'rename' | 'tag' | 'delete';
  /** What is typed; not used while deleting. */
  readonly text: string;
}

export function rowFacts(conversation: HistoryEntryView, when: string): TemplateResult {
  const { title, runLabel, costText, model, isFork } = conversation;
  return html`<span class="title">${title === '' ? strings.untitled : title}</span>
    <span class="facts data">
      <span class="run">${runLabel}</span>
      ${isFork ? html`<span class="fork" title=${strings.forkMark}>${forkIcon}<span class="visually-hidden">${strings.forkMark}</span></span>` : nothing}
      <span class="cost">${costText}</span><span class="model">${model}</span><span class="time">${when}</span>
    </span>
    ${tagChips(conversation.tags)}`;
}

export function tagChips(tags: readonly string[]): TemplateResult | typeof nothing {
  if (tags.length === 0) return nothing;
  const more = tags.length - SHOWN_TAGS;
  return html`<span class="tag-chips data" title=${tags.join(', ')}>
    <span class="visually-hidden">${strings.tags}: </span>
    ${tags.slice(0, SHOWN_TAGS).map((tag) => html`<span class="tag-chip">${tag}</span> `)}
    ${more > 0 ? html`<span class="tag-more">${strings.moreTags(formatCount(more))}</span>` : nothing}
  </span>`;
}

/** Icons that lie over the row's end. `isReached`: the row is the one that Tab leads to. */
export function rowTools({ runLabel, pinned, archived }: HistoryEntryView, isReached: boolean): TemplateResult {
  const button = (tool: RowTool, name: string, icon: TemplateResult): TemplateResult =>
    html`<button
      class="icon-button"
      data-tool=${tool}
      tabindex=${isReached ? 0 : -1}
      aria-label=${strings.rowTool(name, runLabel)}
      title=${name}
      ?data-on=${tool === 'pin' && pinned}
    >
      ${icon}
    </button>`;
  return html`<span class="row-tools">
    ${button('rename', strings.rename, renameIcon)} ${button('tag', strings.editTags, tagIcon)}
    ${button('pin', pinned ? strings.unpin : strings.pin, pinIcon)}
    ${archived ? button('archive', strings.restore, restoreIcon) : button('archive', strings.archive, archiveIcon)}
    ${button('delete', strings.deleteRun, deleteIcon)}
  </span>`;
}

/** The row while its title or its tags are written. */
export function rowEditor({ runLabel, title, tags }: HistoryEntryView, edit: RowEdit): TemplateResult {
  const isRename = edit.kind === 'rename';
  const field = html`<input
    class="row-field"
    type="text"
    data-part="field"
    data-caret=${isRename ? 'all' : 'end'}
    aria-label=${isRename ? strings.titleOf(runLabel) : strings.tagsOf(runLabel)}
    placeholder=${isRename ? title : strings.tagsPlaceholder}
    maxlength=${isRename ? MAX_TITLE_CHARACTERS : nothing}
    autocomplete="off"
    spellcheck="false"
    .value=${edit.text}
  />`;
  return html`<div class="row-edit">
    ${isRename ? field : html`<span class="title">${title}</span>`}
    ${isRename ? html`<span class="facts data"><span class="run">${runLabel}</span><span>${strings.editorKeys}</span></span>` : field}
    ${tags.length > 0 ? (isRename ? tagChips(tags) : html`<span class="facts data">${strings.editorKeys}</span>`) : nothing}
  </div>`;
}

/** The row while the person is asked whether it goes. */
export function rowDeletion({ runLabel, title }: HistoryEntryView): TemplateResult {
  return html`<div class="row-edit" role="group" aria-label=${strings.deleteAsk(runLabel)}>
    <span class="title"><b>${strings.deleteAsk(runLabel)}</b> ${title}</span>
    <span class="row-answers data">
      <button class="answer danger" data-part="confirm">${strings.deleteRun}</button>
      <button class="answer" data-part="keep">${strings.keep}</button>
    </span>
  </div>`;
}
