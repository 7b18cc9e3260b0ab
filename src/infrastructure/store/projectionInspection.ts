import { Projection, type ProjectionOptions } from './projection/projection';
import { Snapshots } from './projection/snapshots';
import { type FilesInspection, inspectFiles, repairFiles } from './filesInspection';

/** Every file read anew, and how that compares with what is shown. */
export interface ProjectionInspection extends FilesInspection {
  readonly conversations: number;
  readonly messages: number;
  /** Null: something unreadable forbids the comparison. */
  readonly viewMatches: boolean | null;
}

const snapshotsOf = (options: ProjectionOptions): Snapshots =>
  new Snapshots({ ...options, nowMs: () => options.clock.nowMs() });

/** @throws when the folder cannot be listed. */
export async function inspectProjection(view: Projection, options: ProjectionOptions): Promise<ProjectionInspection> {
  const inspection = await inspectFiles(options.files, snapshotsOf(options));
  const isReadable = inspection.journals.every(
    ({ finding }) => finding.kind !== 'unreadable' && finding.kind !== 'newer',
  );
  const { conversations = 0, messages = 0 } = view.measure() ?? {};
  return {
    ...inspection,
    conversations,
    messages,
    viewMatches: isReadable ? await isWhatJournalsSay(view, options) : null,
  };
}

/** @throws when a file cannot be written. What is shown is made anew. */
export async function repairProjection(view: Projection, options: ProjectionOptions): Promise<void> {
  await repairFiles(options.files, await inspectFiles(options.files, snapshotsOf(options)));
  await view.close();
  await view.open();
  await view.save();
}

/** Folds everything anew, without snapshots, beside what is shown. */
async function isWhatJournalsSay(view: Projection, options: ProjectionOptions): Promise<boolean> {
  const anew = new Projection({ ...options, withoutSnapshots: true });
  try {
    await anew.open();
    await view.look();
    await anew.look();
    const [shown, said] = [view.measure(), anew.measure()];
    return shown !== undefined && said !== undefined && shown.digest === said.digest;
  } finally {
    await anew.close();
  }
}
