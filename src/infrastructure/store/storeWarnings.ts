import type { JournalEnd } from './journalCursor';

/** Why a store with records of a later version is only read. */
export const NEWER_VERSION = 'the history was written by a newer version of Neural Terminal; update or reload to go on';

export interface StoreFindings {
  readonly ends: readonly JournalEnd[];
  readonly unreadableEvents: number;
  /** Reason of the last failed commit while none has succeeded since. */
  readonly lastFailure: string | undefined;
}

/** What the person should know about a store that works. A cut end is not among it: nothing saved was lost. */
export function storeWarnings({ ends, unreadableEvents, lastFailure }: StoreFindings): readonly string[] {
  const warnings: string[] = [];
  const damaged = ends.filter((end) => end.kind === 'damaged').length;
  if (damaged > 0) warnings.push(`${files(damaged)} damaged. What was saved before the damage is shown; nothing was changed or deleted.`);
  const foreign = ends.filter((end) => end.kind === 'foreign').length;
  if (foreign > 0) warnings.push(`${files(foreign)} not from Neural Terminal or damaged from the first byte, and not used.`);
  for (const end of ends) {
    if (end.kind === 'unreadable') warnings.push(`A history file could not be read: ${end.reason}. The others are shown.`);
  }
  if (unreadableEvents > 0) warnings.push(`${unreadableEvents} saved records could not be understood. They are kept as they are.`);
  if (lastFailure !== undefined) warnings.push(`The last change could not be saved: ${lastFailure}.`);
  return warnings;
}

const files = (count: number): string => (count === 1 ? 'A history file is' : `${count} history files are`);
