import * as z from 'zod';
import type { IncomingConversation } from '../../domain/incoming';
import { parseJson } from '../../domain/text';
import { EXCHANGE_FORMAT, EXCHANGE_VERSION, readEntry } from './exchangeSchema';
import type { ImportProblem, ImportRemark } from './importReport';

/** UTF-16 code units of the largest file that is read. Parsing takes several times its size in memory. */
export const MAX_FILE_CHARACTERS = 100 * 1024 * 1024;
/** A file ends before the conversation that would make it longer than this. */
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
      readonly remarks: readonly ImportRemark[];
    }
  | { readonly kind: 'refused'; readonly remark: ImportRemark };

/** Reads a lossless file. Conversations that do not follow the format are skipped. Never throws. */
export function readExchangeFile(text: string): FileReading {
  if (text.length > MAX_FILE_CHARACTERS) return refused({ kind: 'fileTooLong', limitCharacters: MAX_FILE_CHARACTERS });
  const parsed = fileSchema.safeParse(parseJson(text.replace(BYTE_ORDER_MARK, '')));
  if (!parsed.success) return refused({ kind: 'notAnExport', format: EXCHANGE_FORMAT });
  if (parsed.data.version !== EXCHANGE_VERSION) return refused({ kind: 'unknownVersion' });
  const readings = parsed.data.conversations.map(readEntry);
  return {
    kind: 'file',
    conversations: readings.flatMap((reading) => (reading.kind === 'conversation' ? [reading.conversation] : [])),
    remarks: readings.flatMap((reading) => (reading.kind === 'bad' ? [reading.remark] : [])),
  };
}

const refused = (problem: ImportProblem): FileReading => ({
  kind: 'refused',
  remark: { about: { kind: 'file' }, problem },
});

/** Packs the conversations into files; at least one. */
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
