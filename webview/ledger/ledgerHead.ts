import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LedgerHead, LedgerPeriod } from '../../src/protocol/ledger';
import { meterBar } from '../components/meterBar';
import { formatDay, formatPercent } from '../format';
import { LedgerRequestEvent } from './events';
import { ledgerStrings as strings } from './ledgerStrings';
import { chargesText } from './ledgerWords';

/** The four readings of the instrument: two budgets, the period, and apart from all of them what is pending. */
export function ledgerHead(head: LedgerHead, period: LedgerPeriod): TemplateResult {
  return html`<dl class="readings">
      ${budgetReading(strings.today, head.today, head.warnFraction, strings.noLimitToday)} ${budgetReading(strings.thisMonth, head.month, head.warnFraction, strings.noLimitMonth)}
      <div class="reading">
        <dt class="label">${strings.inPeriod[period]}</dt>
        <dd class="figure">${head.period.settledText}</dd>
        <dd class="note data">${chargesText(head.period.charges)}</dd>
      </div>
      ${pendingReading(head, period)}
    </dl>
    <p class="facts data">
      ${head.budgetDayUtc === formatDay(Date.now()) ? nothing : html`<span title=${strings.budgetDayHint}>${strings.budgetDay(head.budgetDayUtc)}</span>`}
      <button class="link" @click=${openBudgetMenu}>${strings.changeLimits}</button>
    </p>`;
}

function budgetReading(name: string, span: LedgerHead['today'], warnFraction: number, noLimit: string): TemplateResult {
  return html`<div class="reading" data-level=${span.level}>
    <dt class="label">${name}</dt>
    <dd class="figure">${span.spentText}</dd>
    <dd class="note data">
      ${span.limitText === null ? noLimit : html`${meterBar(span.fraction, warnFraction)}${strings.ofLimit(formatPercent(span.fraction), span.limitText)}`}
      ${span.level === 'exhausted' ? html`<span class="exhausted">${strings.exhausted}</span>` : nothing}
    </dd>
  </div>`;
}

function pendingReading({ period, reservedText }: LedgerHead, shown: LedgerPeriod): TemplateResult {
  const isNone = period.pendingText === '';
  return html`<div class="reading pending" title=${strings.pendingNote}>
    <dt class="label">${strings.pending} · ${strings.inPeriod[shown]}</dt>
    <dd class="figure" ?data-none=${isNone}>${isNone ? strings.nonePending : period.pendingText}</dd>
    <dd class="note data">${reservedText === '' ? nothing : html`<span>${strings.running(reservedText)}</span>`} ${isNone ? nothing : strings.pendingNote}</dd>
  </div>`;
}

function openBudgetMenu(event: Event): void {
  event.currentTarget?.dispatchEvent(new LedgerRequestEvent({ type: 'noticeAction', action: 'openBudgetMenu' }));
}
