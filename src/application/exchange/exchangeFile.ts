import * as z from 'zod';
import type { IncomingConversation, Skipped } from '../../domain/incoming';
import { parseJson } from '../../domain/text';
import { EXCHANGE_FORMAT, EXCHANGE_VERSION, readEntry } from './exchangeSchema';

/** UTF-16 units of the largest file that is read: parsing holds it in memory several times over. */
export const MAX_FILE_CHARACTERS = 100 * 1024 * 1024;
/** A file is closed before the conversation that would make it longer than this. */
export const FULL_FILE_CHARACTERS = 64 * 1024 * 1024;

/** Some editors add one. */
const BYTE_ORDER_MARK = /^\ufeff/;

const fileSchema = z.object({
  format: z.literal(EXCHANGE_FORMAT),
  version: z.int(),
  conversations: z.array(z.unknown()),
});

export type FileReading =
  | {
      readonly kind: 'file';
      readonly conversations: readonly IncomingConversation[];
      readonly skipped: readonly Skipped[];
    }
  | { readonly kind: 'refused'; readonly skipped: Skipped };

/** Reads a lossless file; a conversation that does not follow the format does not keep the others out. Never throws. */
export function readExchangeFile(text: string): FileReading {
  if (text.length > MAX_FILE_CHARACTERS)
    return refused(
      `It is larger than the ${MAX_FILE_CHARACTERS / 1024 / 1024} million characters that can be read at once.`,
    );
  const parsed = fileSchema.safeParse(parseJson(text.replace(BYTE_ORDER_MARK, '')));
  if (!parsed.success)
    return refused(`It is not an export of Neural Terminal (“${EXCHANGE_FORMAT}”), or it is damaged.`);
  if (parsed.data.version !== EXCHANGE_VERSION)
    return refused(
      'It was written by another version of Neural Terminal that this one does not understand. Update the extension and try again.',
    );
  const readings = parsed.data.conversations.map(readEntry);
  return {
    kind: 'file',
    conversations: readings.flatMap((reading) => (reading.kind === 'conversation' ? [reading.conversation] : [])),
    skipped: readings.flatMap((reading) =>
      reading.kind === 'bad' ? [{ what: reading.title, reason: reading.reason }] : [],
    ),
  };
}

const refused = (reason: string): FileReading => ({
  kind: 'refused',
  skipped: { what: 'The file', reason: `${reason} Nothing was changed.` },
});

/** The conversations in as many files as it takes; at least one. */
export function* packFiles(entries: readonly string[], fullCharacters: number): Generator<string, undefined> {
  let file: string[] = [];
  let characters = 0;
  for (const entry of entries) {
    if (file.length > 0 && characters + entry.length > fullCharacters) {
      yield fileOf(file);
      [file, characters] = [[], 0];
    }
    file.push(entry);
    characters += entry.length;
  }
  yield fileOf(file);
}

const fileOf = (entries: readonly string[]): string =>
  `{"format":"${EXCHANGE_FORMAT}","version":${EXCHANGE_VERSION},"conversations":[${entries.map((entry) => `\n${entry}`).join(',')}\n]}\n`;
