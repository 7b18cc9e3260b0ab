import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LedgerHead, LedgerPeriod } from '../../src/protocol/ledger';
import { meterBar } from '../shared/meterBar';
import { formatPercent } from '../shared/format';
import { strings } from './strings';

/** The head of the ledger: both budgets, the period's total and, apart from these, what is pending. */
export function ledgerHead(head: LedgerHead, period: LedgerPeriod): TemplateResult {
  return html`<dl class="readings">
    ${budgetReading(strings.today(), head.today, head.warnFraction, strings.noDailyLimit())}
    ${budgetReading(strings.thisMonth(), head.month, head.warnFraction, strings.noMonthlyLimit())}
    <div class="reading">
      <dt class="label">${strings.inPeriod(period)}</dt>
      <dd class="figure">${head.period.settledText}</dd>
      <dd class="note data">${strings.charges(head.period.charges)}</dd>
    </div>
    ${pendingReading(head)}
  </dl>`;
}

function budgetReading(name: string, span: LedgerHead['today'], warnFraction: number, noLimit: string): TemplateResult {
  return html`<div class="reading" data-level=${span.level}>
    <dt class="label">${name}</dt>
    <dd class="figure">${span.spentText}</dd>
    <dd class="note data">
      ${span.limitText === null ? noLimit : html`${meterBar(span.fraction, warnFraction)}${strings.ofLimit(formatPercent(span.fraction), span.limitText)}`}
      ${span.level === 'exhausted' ? html`<span class="exhausted">${strings.limitReached()}</span>` : nothing}
    </dd>
  </div>`;
}

function pendingReading({ period, reservedText }: LedgerHead): TemplateResult {
  const isNone = period.pendingText === '';
  return html`<div class="reading pending" title=${strings.pendingHint()}>
    <dt class="label">${strings.pending()}</dt>
    <dd class="figure" ?data-none=${isNone}>${isNone ? strings.nonePending() : period.pendingText}</dd>
    ${isNone ? nothing : html`<dd class="note data">${strings.pendingNote()}</dd>`}
    ${reservedText === '' ? nothing : html`<dd class="note data">${strings.reserved(reservedText)}</dd>`}
  </div>`;
}
