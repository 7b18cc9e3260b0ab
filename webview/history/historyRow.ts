import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { MAX_TITLE_CHARACTERS } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { tagChips } from '../shared/tagChips';
import { archiveIcon, deleteIcon, forkIcon, pinIcon, renameIcon, restoreIcon, tagIcon } from '../shared/icons';

const ROW_TOOLS = ['rename', 'tag', 'pin', 'archive', 'delete'] as const;
export type RowTool = (typeof ROW_TOOLS)[number];

export const rowTool = (name: string | undefined): RowTool | null => ROW_TOOLS.find((tool) => tool === name) ?? null;

/** An edit in place. */
export interface RowEdit {
  readonly id: string;
  readonly kind: 'rename' | 'tag' | 'delete';
  /** Typed text; unused for `delete`. */
  readonly text: string;
}

/** A row of the list; without a conversation it is blank until the conversation is loaded. `position` counts from 1. */
export function listRow(
  conversation: HistoryEntryView | undefined,
  position: number,
  setSize: number,
  content: (conversation: HistoryEntryView) => TemplateResult,
): TemplateResult {
  if (conversation === undefined) {
    return html`<div
      role="listitem"
      class="row"
      data-size="plain"
      data-blank
      aria-setsize=${setSize}
      aria-posinset=${position}
    >
      <span class="visually-hidden">${sharedStrings.loading()}</span>
    </div>`;
  }
  const { id, tags } = conversation;
  return html`<div
    role="listitem"
    class="row"
    data-size=${tags.length > 0 ? 'tagged' : 'plain'}
    data-id=${id}
    aria-setsize=${setSize}
    aria-posinset=${position}
  >
    ${content(conversation)}
  </div>`;
}

export function rowFacts(conversation: HistoryEntryView, when: string): TemplateResult {
  const { title, runLabel, costText, model, isFork } = conversation;
  return html`<span class="title">${title === '' ? sharedStrings.untitled() : title}</span>
    <span class="facts data">
      <span class="run">${runLabel}</span>
      ${isFork ? html`<span class="fork" title=${strings.fork()}>${forkIcon}<span class="visually-hidden">${strings.fork()}</span></span>` : nothing}
      <span class="cost">${costText}</span><span class="model">${model}</span><span class="time">${when}</span>
    </span>
    ${tagChips(conversation.tags)}`;
}

/** Icons over the end of a row. `isReached`: Tab leads to this row. */
export function rowTools({ runLabel, pinned, archived }: HistoryEntryView, isReached: boolean): TemplateResult {
  const button = (tool: RowTool, title: string, name: string, icon: TemplateResult): TemplateResult =>
    html`<button
      class="icon-button"
      data-tool=${tool}
      tabindex=${isReached ? 0 : -1}
      aria-label=${name}
      title=${title}
      ?data-on=${tool === 'pin' && pinned}
    >
      ${icon}
    </button>`;
  return html`<span class="row-tools">
    ${button('rename', strings.rename(), strings.renameOf(runLabel), renameIcon)}
    ${button('tag', strings.editTags(), strings.editTagsOf(runLabel), tagIcon)}
    ${pinned ? button('pin', strings.unpin(), strings.unpinOf(runLabel), pinIcon) : button('pin', strings.pin(), strings.pinOf(runLabel), pinIcon)}
    ${archived ? button('archive', strings.restore(), strings.restoreOf(runLabel), restoreIcon) : button('archive', strings.archive(), strings.archiveOf(runLabel), archiveIcon)}
    ${button('delete', strings.delete(), strings.deleteOf(runLabel), deleteIcon)}
  </span>`;
}

/** A row whose title or tags are being edited. */
export function rowEditor({ runLabel, title, tags }: HistoryEntryView, edit: RowEdit): TemplateResult {
  const isRename = edit.kind === 'rename';
  const field = html`<input
    class="row-field"
    type="text"
    data-part="field"
    data-caret=${isRename ? 'all' : 'end'}
    aria-label=${isRename ? strings.titleOf(runLabel) : strings.tagsOf(runLabel)}
    placeholder=${isRename ? title : strings.tagsPlaceholder()}
    maxlength=${isRename ? MAX_TITLE_CHARACTERS : nothing}
    autocomplete="off"
    spellcheck="false"
    .value=${edit.text}
  />`;
  return html`<div class="row-edit">
    ${isRename ? field : html`<span class="title">${title}</span>`} ${isRename ? editorKeys() : field}
    ${tags.length > 0 ? (isRename ? tagChips(tags) : editorKeys()) : nothing}
  </div>`;
}

const editorKeys = (): TemplateResult =>
  html`<span class="facts data"
    ><span><b>Enter</b> ${strings.keySave()}</span><span><b>Esc</b> ${strings.keyCancel()}</span></span
  >`;

/** A row that asks to confirm its deletion. */
export function rowDeletion({ runLabel, title }: HistoryEntryView): TemplateResult {
  return html`<div class="row-edit" role="group" aria-label=${strings.confirmDelete(runLabel)}>
    <span class="title"><b>${strings.confirmDelete(runLabel)}</b> ${title}</span>
    <span class="row-answers data">
      <button class="answer danger" data-part="confirm">${strings.delete()}</button>
      <button class="answer" data-part="cancel">${sharedStrings.cancel()}</button>
    </span>
  </div>`;
}
