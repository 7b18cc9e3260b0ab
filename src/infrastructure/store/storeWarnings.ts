import type { JournalEnd } from './journal/cursor';

/** Why a store with records of a later version is only read. */
export const NEWER_VERSION = 'the history was written by a newer version of Neural Terminal; update or reload to go on';

export interface StoreFindings {
  /** Why, for each journal that could not be read. */
  readonly unreadable: readonly string[];
  /** Damaged journals, and files with a journal's name that are none; not those that are noted. */
  readonly damaged: readonly JournalEnd[];
  readonly damagedSnapshots: number;
  readonly unreadableEvents: number;
  readonly isOnNetwork: boolean;
  /** Reason of the last failed commit while none has succeeded since. */
  readonly lastFailure: string | undefined;
}

/** What the person should know about a store that works. A cut end is not among it: nothing saved was lost. */
export function storeWarnings({
  unreadable,
  damaged,
  damagedSnapshots,
  unreadableEvents,
  isOnNetwork,
  lastFailure,
}: StoreFindings): readonly string[] {
  const warnings: string[] = [];
  const foreign = damaged.filter((end) => end.kind === 'foreign').length;
  const damagedJournals = damaged.length - foreign;
  if (damagedJournals > 0)
    warnings.push(
      `${files(damagedJournals)} damaged. What stands before and behind the damage is shown; nothing was changed or deleted. ${DIAGNOSE}`,
    );
  if (damagedSnapshots > 0)
    warnings.push(`A saved copy of the history is damaged and not used. The history itself is complete. ${DIAGNOSE}`);
  if (foreign > 0)
    warnings.push(`${files(foreign)} not from Neural Terminal or damaged from the first byte, and not used.`);
  for (const reason of unreadable) warnings.push(`A history file could not be read: ${reason}. The others are shown.`);
  if (unreadableEvents > 0)
    warnings.push(`${unreadableEvents} saved records could not be understood. They are kept as they are.`);
  if (isOnNetwork)
    warnings.push(
      'The history is on a network disk: what other windows write may be seen late. Use one window at a time for exact budgets.',
    );
  if (lastFailure !== undefined) warnings.push(`The last change could not be saved: ${lastFailure}.`);
  return warnings;
}

/** The command's own title. */
const DIAGNOSE = '“Run Diagnostics” says more.';

const files = (count: number): string => (count === 1 ? 'A history file is' : `${count} history files are`);
