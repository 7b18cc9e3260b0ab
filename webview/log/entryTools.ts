import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EntryView } from '../../src/protocol/views';
import { formatCount } from '../shared/format';
import { strings } from './strings';
import { chevronIcon, previousIcon } from '../shared/icons';

/** The tools of an entry. */
export type EntryTool =
  'copyEntry' | 'continueReply' | 'regenerate' | 'edit' | 'fork' | 'previousBranch' | 'nextBranch';

interface ToolFace {
  readonly tool: EntryTool;
  readonly name: () => string;
  /** Visible; the name begins with it. */
  readonly label: () => string;
  /** Disabled while a reply is streaming in the conversation. */
  readonly waits: boolean;
}

const COPY_REPLY: ToolFace = { tool: 'copyEntry', name: strings.copyReply, label: strings.copy, waits: false };
const COPY_QUESTION: ToolFace = { tool: 'copyEntry', name: strings.copyQuestion, label: strings.copy, waits: false };
const CONTINUE: ToolFace = {
  tool: 'continueReply',
  name: strings.continueReply,
  label: strings.continueShort,
  waits: true,
};
const REGENERATE: ToolFace = { tool: 'regenerate', name: strings.regenerate, label: strings.regenerate, waits: true };
const EDIT: ToolFace = { tool: 'edit', name: strings.editQuestion, label: strings.edit, waits: true };
const FORK: ToolFace = { tool: 'fork', name: strings.forkHere, label: strings.fork, waits: false };

/** The tools of an entry; none while it streams. They overlay the line, so that showing them moves nothing. */
export function entryTools(entry: EntryView, isBusy: boolean): TemplateResult | typeof nothing {
  if (entry.state === 'streaming') return nothing;
  return html`<span class="tools data" role="group" aria-label=${strings.entryTools()}
    >${toolsOf(entry).map((face) => toolButton(face, isBusy))}</span
  >`;
}

function toolsOf(entry: EntryView): readonly ToolFace[] {
  switch (entry.role) {
    case 'assistant':
      return [
        ...(entry.content === '' ? [] : [COPY_REPLY]),
        ...(entry.canContinue ? [CONTINUE] : []),
        REGENERATE,
        FORK,
      ];
    case 'user':
      return [COPY_QUESTION, EDIT, FORK];
    case 'system':
      return [COPY_QUESTION, FORK];
  }
}

function toolButton({ tool, name, label, waits }: ToolFace, isBusy: boolean): TemplateResult {
  const isDisabled = waits && isBusy;
  return html`<button
    data-action=${tool}
    aria-label=${name()}
    title=${isDisabled ? strings.unavailableWhileStreaming(name()) : name()}
    ?disabled=${isDisabled}
  >
    ${label()}
  </button>`;
}

/** Arrows between alternatives. At an end, the arrow keeps the focus and does nothing. */
export function branchSwitch(entry: EntryView): TemplateResult | typeof nothing {
  const { siblingNumber, siblingCount } = entry;
  if (siblingCount < 2) return nothing;
  const number = formatCount(siblingNumber);
  const count = formatCount(siblingCount);
  return html`<span class="branches data" role="group" aria-label=${strings.branchOf(number, count)}>
    <button
      data-action="previousBranch"
      aria-label=${strings.previousBranch()}
      title=${strings.previousBranch()}
      aria-disabled=${siblingNumber <= 1}
    >
      ${previousIcon}
    </button>
    <span aria-hidden="true">${strings.branchShort(number, count)}</span>
    <button
      data-action="nextBranch"
      aria-label=${strings.nextBranch()}
      title=${strings.nextBranch()}
      aria-disabled=${siblingNumber >= siblingCount}
    >
      ${chevronIcon}
    </button>
  </span>`;
}
