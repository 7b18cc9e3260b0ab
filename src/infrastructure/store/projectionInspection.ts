import { Projection, type ProjectionOptions } from './projection/projection';
import { Snapshots } from './projection/snapshots';
import { type FilesInspection, inspectFiles, repairFiles } from './filesInspection';

/** Inspection of the files, compared with the current projection. */
export interface ProjectionInspection extends FilesInspection {
  readonly conversations: number;
  readonly messages: number;
  /** Null if unreadable data prevents the comparison. */
  readonly projectionMatches: boolean | null;
}

const snapshotsOf = (options: ProjectionOptions): Snapshots =>
  new Snapshots({ ...options, nowMs: () => options.clock.nowMs() });

/** @throws if the folder can't be listed. */
export async function inspectProjection(
  projection: Projection,
  options: ProjectionOptions,
): Promise<ProjectionInspection> {
  const inspection = await inspectFiles(options.files, snapshotsOf(options));
  const isReadable = inspection.journals.every(
    ({ finding }) => finding.kind !== 'unreadable' && finding.kind !== 'newer',
  );
  const { conversations = 0, messages = 0 } = projection.summary() ?? {};
  return {
    ...inspection,
    conversations,
    messages,
    projectionMatches: isReadable ? await matchesJournals(projection, options) : null,
  };
}

/** Repairs the files and rebuilds the projection. @throws if a file can't be written. */
export async function repairProjection(projection: Projection, options: ProjectionOptions): Promise<void> {
  await repairFiles(options.files, await inspectFiles(options.files, snapshotsOf(options)));
  await projection.close();
  await projection.open();
  await projection.save();
}

/** Builds a second projection from the journals alone and compares it with the current one. */
async function matchesJournals(projection: Projection, options: ProjectionOptions): Promise<boolean> {
  const rebuilt = new Projection({ ...options, withoutSnapshots: true });
  try {
    await rebuilt.open();
    await projection.refresh();
    await rebuilt.refresh();
    const [current, expected] = [projection.summary(), rebuilt.summary()];
    return current !== undefined && expected !== undefined && current.digest === expected.digest;
  } finally {
    await rebuilt.close();
  }
}
