import { redactKeys } from '../../domain/redaction';

const MAX_DETAIL_LENGTH = 300;
/** Shorter strings occur in ordinary words. No provider issues keys this short. */
const MIN_SECRET_LENGTH = 4;

/** OpenRouter's error bodies contain the account's id. */
const ACCOUNT_ID = /\b(?:user|org)_[A-Za-z0-9]{8,}/g;

export type Redact = (text: string) => string;

/**
 * Makes a provider's text safe to store, log and display: without keys in any usual format, account ids and control
 * characters; at most 300 UTF-16 units.
 */
export function redactorFor(secrets: readonly (string | undefined)[]): Redact {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    let safe = text;
    for (const spelling of spellings) safe = safe.replaceAll(spelling, '[key]');
    safe = redactKeys(safe).replace(ACCOUNT_ID, '[account]');
    return cut(safe.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim());
  };
}

function spellingsOf(secret: string | undefined): string[] {
  if (secret === undefined || secret.length < MIN_SECRET_LENGTH) return [];
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, encodeURIComponent(secret), base64, base64.replace(/=+$/, '')];
}

/** Never cuts inside a surrogate pair. */
function cut(text: string): string {
  if (text.length <= MAX_DETAIL_LENGTH) return text;
  return `${text.slice(0, MAX_DETAIL_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
