import type { Logger } from '../../../domain/ports/system';
import type { SpendEvent } from '../../../domain/storeEvent';
import type { SnapshotReport } from '../../../domain/storeReport';
import { sha256Of, type JournalFiles, systemCode, writeWhole } from '../journal/files';
import {
  type FoundManifest,
  type SnapshotDatabase,
  type SnapshotManifest,
  databaseNameOf,
  encodeManifest,
  findManifests,
  isDatabaseName,
  manifestNameOf,
  newManifestName,
  PROJECTION_VERSION,
} from './snapshotManifest';
import { SqlDatabase } from '../sql/engine';
import { EVENT_SCHEMA_VERSION } from '../journal/eventSchema';

/** The latest snapshot and two older ones. */
const KEPT_GENERATIONS = 3;
/** A database without a manifest may still be in progress in a window that was suspended. */
const LITTER_AGE_MS = 24 * 60 * 60_000;

export interface SnapshotsOptions {
  readonly files: JournalFiles;
  readonly wasmBinary: () => Promise<Uint8Array>;
  readonly log: Logger;
  /** Wall clock, for comparison with file times. */
  readonly nowMs: () => number;
}

export interface LoadedSnapshot {
  readonly database: SqlDatabase;
  readonly manifest: SnapshotManifest;
}

export interface SnapshotLoad {
  /** Undefined: everything is folded from the start of the journals. */
  readonly snapshot: LoadedSnapshot | undefined;
  /** Names of damaged snapshot files. While there are any, nothing is published or removed. */
  readonly damaged: readonly string[];
}

/** The projection at one moment, with its description for the manifest. */
export interface ProjectionImage extends Pick<SnapshotManifest, 'lamport' | 'journals'> {
  readonly bytes: Uint8Array;
  readonly counts: Omit<SnapshotDatabase, 'bytes' | 'sha256'>;
  readonly spend: readonly SpendEvent[];
}

/** Publishes the projection as verified files with new names and loads the newest valid snapshot. */
export class Snapshots {
  constructor(private readonly options: SnapshotsOptions) {}

  /** A damaged snapshot is reported and an older one is used. Nothing is changed. */
  async load(): Promise<SnapshotLoad> {
    const { found, damaged } = await findManifests(this.options.files);
    const bad = [...damaged];
    for (const { name, manifest } of found) {
      // Written by another version: valid, but of no use here.
      if (manifest.projectionVersion !== PROJECTION_VERSION || manifest.eventSchema > EVENT_SCHEMA_VERSION) continue;
      const database = await this.open(name, manifest.database);
      if (database) return { snapshot: { database, manifest }, damaged: bad };
      bad.push(databaseNameOf(name));
    }
    return { snapshot: undefined, damaged: bad };
  }

  /** Whether a snapshot with as much content exists. @throws if the folder can't be listed. */
  async has(lamport: number): Promise<boolean> {
    const newest = (await findManifests(this.options.files)).found[0]?.manifest;
    return newest !== undefined && newest.projectionVersion === PROJECTION_VERSION && newest.lamport >= lamport;
  }

  /**
   * Each file is flushed and read back before the next step, and the manifest is written last, so a crash between steps
   * leaves at most an unused file. @throws if a step fails; earlier snapshots stay valid.
   */
  async publish({ bytes, counts, lamport, journals, spend }: ProjectionImage): Promise<void> {
    const { files, log } = this.options;
    const name = newManifestName();
    const database = { bytes: bytes.length, sha256: sha256Of(bytes), ...counts };
    await writeWhole(files, databaseNameOf(name), bytes);
    const readBack = await this.open(name, database);
    if (!readBack) throw new Error('the snapshot that was written is not what is read back');
    const isWhole = isQuickCheckOk(readBack);
    readBack.close();
    if (!isWhole) throw new Error('the snapshot does not pass the database check');
    const manifest = encodeManifest({
      projectionVersion: PROJECTION_VERSION,
      eventSchema: EVENT_SCHEMA_VERSION,
      database,
      lamport,
      journals,
      spend: () => spend,
    });
    // The database's name is on the disk before the manifest that refers to it.
    await files.syncDirectory();
    await writeWhole(files, name, manifest);
    if (!(await files.read(name, 0, manifest.length)).equals(manifest))
      throw new Error('the manifest that was written is not what is read back');
    await files.syncDirectory();
    log.info(`store: published a snapshot of ${database.messages} messages, ${database.bytes} bytes`);
    await this.removeOld();
  }

  /** Verifies every snapshot, not only the one in use. */
  async inspect(): Promise<readonly SnapshotReport[]> {
    const { files } = this.options;
    const { found, damaged } = await findManifests(files);
    const reports: SnapshotReport[] = [];
    for (const name of damaged)
      reports.push({ name, bytes: (await files.size(name).catch(() => undefined)) ?? 0, finding: 'damaged' });
    for (const { name, manifest } of found) {
      const isOther = manifest.projectionVersion !== PROJECTION_VERSION || manifest.eventSchema > EVENT_SCHEMA_VERSION;
      const database = isOther ? undefined : await this.open(name, manifest.database);
      reports.push({
        name: databaseNameOf(name),
        bytes: manifest.database.bytes,
        finding: isOther ? 'otherVersion' : database ? 'whole' : 'damaged',
      });
      database?.close();
    }
    return reports;
  }

  /** Removes old snapshots and what a crash left behind. Never removes journals. */
  private async removeOld(): Promise<void> {
    const { files, nowMs } = this.options;
    const { found, damaged, unfinished } = await findManifests(files);
    if (damaged.length > 0) return;
    const superseded = found.slice(KEPT_GENERATIONS);
    for (const { name } of superseded) await this.remove(name);
    if (superseded.length > 0) await files.syncDirectory();
    const kept = new Set(found.slice(0, KEPT_GENERATIONS).map(({ name }) => name));
    for (const name of [...unfinished, ...(await files.list()).filter(isDatabaseName)]) {
      if (kept.has(manifestNameOf(name))) continue;
      const isSuperseded = superseded.some((old) => databaseNameOf(old.name) === name);
      const modifiedMs = (await files.modifiedMs(name)) ?? nowMs();
      if (isSuperseded || nowMs() - modifiedMs > LITTER_AGE_MS) await this.remove(name);
    }
  }

  /** A file that is open in a virus scanner is removed next time. */
  private async remove(name: string): Promise<void> {
    try {
      await this.options.files.remove(name);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT')
        this.options.log.warn(`store: ${name} could not be removed: ${String(error)}`);
    }
  }

  /**
   * @returns undefined if the file does not match the manifest. SQLite itself opens an empty or changed file without an
   * error.
   */
  private async open(name: FoundManifest['name'], expected: SnapshotDatabase): Promise<SqlDatabase | undefined> {
    const { files, wasmBinary } = this.options;
    let database: SqlDatabase | undefined;
    try {
      const file = databaseNameOf(name);
      if ((await files.size(file)) !== expected.bytes) return undefined;
      const bytes = await files.read(file, 0, expected.bytes);
      if (sha256Of(bytes) !== expected.sha256) return undefined;
      database = await SqlDatabase.create(await wasmBinary(), bytes);
      const version = database.get('PRAGMA user_version', [])?.[0];
      const { conversations, messages, reservations } = countsOf(database);
      const isExpected =
        conversations === expected.conversations &&
        messages === expected.messages &&
        reservations === expected.reservations;
      if (version === PROJECTION_VERSION && isExpected) return database;
    } catch (error) {
      this.options.log.warn(`store: a snapshot could not be read: ${String(error)}`);
    }
    database?.close();
    return undefined;
  }
}

export function countsOf(database: SqlDatabase): ProjectionImage['counts'] {
  const count = (table: string): number => Number(database.get(`SELECT count(*) FROM ${table}`, [])?.[0]);
  return { conversations: count('conversation'), messages: count('message'), reservations: count('reservation') };
}

const isQuickCheckOk = (database: SqlDatabase): boolean => database.get('PRAGMA quick_check', [])?.[0] === 'ok';
