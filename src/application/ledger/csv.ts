import type { Charge } from '../../domain/charge';
import { type NanoUsd, toDecimalUsd } from '../../domain/money';

/** Fields of a charge by column name. Amounts are exact decimal dollars; unknown values are empty. */
const COLUMNS: Readonly<Record<string, (charge: Charge) => string>> = {
  reserved_at: (c) => isoTime(c.reservedAtMs),
  day_utc: (c) => c.dayUtc,
  run_number: (c) => String(c.runNumber),
  conversation_title: (c) => c.conversationTitle,
  conversation_id: (c) => c.conversationId,
  message_id: (c) => c.messageId,
  reservation_id: (c) => c.reservationId,
  generation_id: (c) => c.generationId ?? '',
  model: (c) => c.model,
  provider: (c) => c.provider ?? '',
  state: (c) => (c.state.kind === 'settled' ? 'settled' : 'pending'),
  cost_usd: (c) => (c.state.kind === 'settled' ? toDecimalUsd(c.state.costNanoUsd) : ''),
  cost_source: (c) => (c.state.kind === 'settled' ? c.state.source : 'pending'),
  settled_by: (c) => (c.state.kind === 'settled' ? c.state.settledBy : ''),
  settled_at: (c) => (c.state.kind === 'settled' ? isoTime(c.state.atMs) : ''),
  own_estimate_usd: (c) => (c.state.kind === 'settled' ? usd(c.state.estimateNanoUsd) : ''),
  worst_case_usd: (c) => toDecimalUsd(c.worstCaseNanoUsd),
  quoted_prompt_tokens: (c) => number(c.quote?.promptTokens),
  quoted_max_tokens: (c) => number(c.quote?.maxTokens),
  prompt_tokens: (c) => number(c.usage?.promptTokens),
  completion_tokens: (c) => number(c.usage?.completionTokens),
  reasoning_tokens: (c) => number(c.usage?.reasoningTokens),
  cached_tokens: (c) => number(c.usage?.cachedTokens),
  cache_write_tokens: (c) => number(c.usage?.cacheWriteTokens),
};

/**
 * RFC 4180: a header, CRLF after every record, quotes where needed. Titles, models and providers are untrusted, so a
 * cell that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function chargesCsv(charges: Iterable<Charge>): string {
  const columns = Object.values(COLUMNS);
  const lines = [Object.keys(COLUMNS).join(',')];
  for (const charge of charges) lines.push(columns.map((read) => cell(read(charge))).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function cell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();
const usd = (amount: NanoUsd | null): string => (amount === null ? '' : toDecimalUsd(amount));
const number = (value: number | undefined): string => (value === undefined ? '' : String(value));
