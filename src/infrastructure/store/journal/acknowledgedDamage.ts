import * as z from 'zod';
import type { JournalCursor } from './cursor';
import { sha256Of, type JournalFiles, writeWhole } from './files';

/**
 * The user can acknowledge damage: it is then no longer reported and no longer prevents snapshots. The record of it is
 * a file beside the journal, which itself is never changed. Exactly what was found is acknowledged; any other finding
 * is new.
 */
const nameOf = (journalName: string): string => journalName.replace(/^j-(.*)\.log$/, 'n-$1.json');
export const isAcknowledgementName = (name: string): boolean => /^n-[0-9a-f]{32}\.json$/.test(name);

const acknowledgementSchema = z.object({ finding: z.string() });

/** What is wrong with a journal, as text. Undefined if nothing is. */
export function findingOf({ damages, end }: JournalCursor): string | undefined {
  if (end.kind === 'foreign') return 'foreign';
  return damages.length === 0 ? undefined : damages.map(({ from, to }) => `${from}-${to}`).join(' ');
}

/** True if exactly this finding was acknowledged. An unreadable record counts as none. */
export async function isAcknowledged(files: JournalFiles, cursor: JournalCursor): Promise<boolean> {
  const finding = findingOf(cursor);
  if (finding === undefined) return false;
  try {
    const size = await files.size(nameOf(cursor.name));
    if (size === undefined) return false;
    const [checksum = '', json = ''] = (await files.read(nameOf(cursor.name), 0, size)).toString('utf8').split('\n');
    return (
      checksum === sha256Of(Buffer.from(json)) && acknowledgementSchema.parse(JSON.parse(json)).finding === finding
    );
  } catch {
    return false;
  }
}

/** @throws when the record can't be written. */
export async function acknowledgeDamage(files: JournalFiles, cursor: JournalCursor): Promise<void> {
  const finding = findingOf(cursor);
  if (finding === undefined) return;
  const name = nameOf(cursor.name);
  if ((await files.size(name)) !== undefined) await files.remove(name);
  const json = JSON.stringify({ finding });
  await writeWhole(files, name, Buffer.from(`${sha256Of(Buffer.from(json))}\n${json}`));
  await files.syncDirectory();
}
