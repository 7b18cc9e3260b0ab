import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EntryView } from '../../src/protocol/views';
import { formatCount, formatDuration, formatRate } from '../shared/format';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { branchSwitch, entryTools } from './entryTools';
import { arrowIcon } from '../shared/icons';

/** Cost, duration and tokens of a reply above its text, and its tools on hover and focus. */
export function dataLine(entry: EntryView, rate: number | null, isBusy: boolean): TemplateResult {
  return html`<div class="data-line data">
    <span class="cost" data-part="cost" data-source=${entry.costSource}>${entry.costText}</span>
    ${entry.state === 'streaming' ? runningFigures(rate) : finalFigures(entry)} ${outcomeMark(entry)}
    ${continuedMark(entry)} ${omittedMark(entry)} ${branchSwitch(entry)} ${entryTools(entry, isBusy)}
  </div>`;
}

function runningFigures(rate: number | null): TemplateResult | typeof nothing {
  if (rate === null || rate <= 0) return nothing;
  return html`<span>${sharedStrings.tokensPerSecond(formatRate(rate))}</span>`;
}

function finalFigures(entry: EntryView): TemplateResult {
  const firstToken =
    entry.timeToFirstTokenMs === null ? '' : strings.firstTokenAfter(formatDuration(entry.timeToFirstTokenMs));
  return html`${entry.latencyMs === null ? nothing : html`<span title=${firstToken}>${formatDuration(entry.latencyMs)}</span>`}
  ${tokens(entry)}
  ${entry.tokensPerSecond === null ? nothing : html`<span class="wide-only">${sharedStrings.tokensPerSecond(formatRate(entry.tokensPerSecond))}</span>`}
  ${entry.model === null ? nothing : html`<span class="wide-only model" title=${entry.provider ?? ''}>${entry.model}</span>`}`;
}

function tokens(entry: EntryView): TemplateResult | typeof nothing {
  if (entry.promptTokens === null && entry.completionTokens === null) return nothing;
  const count = (value: number | null): string => (value === null ? '?' : formatCount(value));
  const input = count(entry.promptTokens);
  const output = count(entry.completionTokens);
  return html`<span class="tokens"
    ><span class="visually-hidden">${sharedStrings.tokensInOut(input, output)}</span
    ><span class="in-out" aria-hidden="true">${input}${arrowIcon}${sharedStrings.tokensShort(output)}</span></span
  >`;
}

function outcomeMark(entry: EntryView): TemplateResult | typeof nothing {
  switch (entry.state) {
    case 'interrupted':
      return html`<span class="outcome caution">${strings.interrupted()}</span>`;
    case 'cancelled':
      return html`<span class="outcome caution">${strings.stopped()}</span>`;
    case 'failed':
      return html`<span class="outcome danger">${strings.failed()}</span>`;
    case 'complete':
    case 'streaming':
      return nothing;
  }
}

/** The cost of the continued reply is not part of this reply's cost. */
function continuedMark({ continuedCostText: cost }: EntryView): TemplateResult | typeof nothing {
  if (cost === '') return nothing;
  return html`<span class="continued" data-part="continued"
    >${/\d/.test(cost) ? strings.continues(cost) : strings.continuesUnknown(cost)}</span
  >`;
}

function omittedMark(entry: EntryView): TemplateResult | typeof nothing {
  if (entry.omittedMessages === 0) return nothing;
  return html`<span class="caution" title=${strings.omittedHint()}>${strings.omitted(entry.omittedMessages)}</span>`;
}
