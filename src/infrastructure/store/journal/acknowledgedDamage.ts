import * as z from 'zod';
import type { JournalCursor } from './cursor';
import { sha256Of, type JournalFiles, writeWhole } from './files';

/**
 * Damage that the user has acknowledged is stored in a file beside the journal. It is not reported again and does not
 * prevent snapshots. The journal itself is never changed. The file contains the exact finding, so a different finding
 * counts as new.
 */
const nameOf = (journalName: string): string => journalName.replace(/^j-(.*)\.log$/, 'n-$1.json');
export const isAcknowledgementName = (name: string): boolean => /^n-[0-9a-f]{32}\.json$/.test(name);

const acknowledgementSchema = z.object({ finding: z.string() });

/** The damage in a journal as one string; undefined if there is none. */
export function findingOf({ damages, end }: JournalCursor): string | undefined {
  if (end.kind === 'foreign') return 'foreign';
  return damages.length === 0 ? undefined : damages.map(({ from, to }) => `${from}-${to}`).join(' ');
}

/** True if exactly this finding has been acknowledged. An unreadable acknowledgement is ignored. */
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

/** @throws if the acknowledgement can't be written. */
export async function acknowledgeDamage(files: JournalFiles, cursor: JournalCursor): Promise<void> {
  const finding = findingOf(cursor);
  if (finding === undefined) return;
  const name = nameOf(cursor.name);
  if ((await files.size(name)) !== undefined) await files.remove(name);
  const json = JSON.stringify({ finding });
  await writeWhole(files, name, Buffer.from(`${sha256Of(Buffer.from(json))}\n${json}`));
  await files.syncDirectory();
}
