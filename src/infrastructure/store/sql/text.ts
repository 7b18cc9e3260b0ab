/**
 * SQLite keeps UTF-8 and its JavaScript binding decodes with TextDecoder, so three things that a JavaScript string
 * may hold would change on the way: unpaired surrogates (a streamed piece can end inside a pair), NUL (SQL functions
 * stop there) and a byte order mark. They are stored as U+001A and four hex digits, and so is U+001A itself.
 * Because every unit is escaped on its own, encoded pieces joined in SQL decode to the joined text.
 */
const SPECIAL = /[\0\x1a\ufeff\ud800-\udfff]/gu;
const ESCAPED = /\x1a([0-9a-f]{4})/g;

export const toSqlText = (text: string): string =>
  text.replace(SPECIAL, (unit) => `\x1a${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const fromSqlText = (text: string): string =>
  text.includes('\x1a')
    ? text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
