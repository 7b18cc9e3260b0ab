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
/** A younger database without a manifest may belong to a suspended window that is still publishing it. */
const LITTER_AGE_MS = 24 * 60 * 60_000;

export interface SnapshotsOptions {
  readonly files: JournalFiles;
  readonly wasmBinary: () => Promise<Uint8Array>;
  readonly log: Logger;
  /** Wall clock, for comparison with modification times of files. */
  readonly nowMs: () => number;
}

export interface LoadedSnapshot {
  readonly database: SqlDatabase;
  readonly manifest: SnapshotManifest;
}

export interface SnapshotLoad {
  /** If undefined, all journals are folded from the start. */
  readonly snapshot: LoadedSnapshot | undefined;
  /** Names of damaged snapshot files. While there are any, no snapshot is published or removed. */
  readonly damaged: readonly string[];
}

/** The projection at one point in time, with the facts for its manifest. */
export interface ProjectionImage extends Pick<SnapshotManifest, 'lamport' | 'journals'> {
  readonly bytes: Uint8Array;
  readonly counts: Omit<SnapshotDatabase, 'bytes' | 'sha256'>;
  readonly spend: readonly SpendEvent[];
}

/** Publishes the projection as verified files under new names, and loads the newest valid snapshot. */
export class Snapshots {
  constructor(private readonly options: SnapshotsOptions) {}

  /** Loads the newest valid snapshot. Damaged snapshots are skipped and reported, and no file is changed. */
  async load(): Promise<SnapshotLoad> {
    const { found, damaged } = await findManifests(this.options.files);
    const bad = [...damaged];
    for (const { name, manifest } of found) {
      // Written by another version: not damaged, but unusable here.
      if (manifest.viewSchema !== PROJECTION_VERSION || manifest.eventSchema > EVENT_SCHEMA_VERSION) continue;
      const database = await this.open(name, manifest.database);
      if (database) return { snapshot: { database, manifest }, damaged: bad };
      bad.push(databaseNameOf(name));
    }
    return { snapshot: undefined, damaged: bad };
  }

  /**
   * Whether this or another window has published a snapshot that includes `lamport`.
   * @throws if the folder can't be listed.
   */
  async has(lamport: number): Promise<boolean> {
    const newest = (await findManifests(this.options.files)).found[0]?.manifest;
    return newest !== undefined && newest.projectionVersion === PROJECTION_VERSION && newest.lamport >= lamport;
  }

  /**
   * Each file is flushed to disk and read back before the next step. The manifest comes last, so a crash leaves at most
   * an unused file.
   * @throws if a step fails; earlier snapshots stay valid.
   */
  async publish({ bytes, counts, lamport, journals, spend }: ProjectionImage): Promise<void> {
    const { files, log } = this.options;
    const name = newManifestName();
    const database = { bytes: bytes.length, sha256: sha256Of(bytes), ...counts };
    await writeWhole(files, databaseNameOf(name), bytes);
    const readBack = await this.open(name, database);
    if (!readBack) throw new Error('the snapshot read back differs from the one written');
    const isWhole = isQuickCheckOk(readBack);
    readBack.close();
    if (!isWhole) throw new Error('the snapshot failed the database check');
    const manifest = encodeManifest({
      projectionVersion: PROJECTION_VERSION,
      eventSchema: EVENT_SCHEMA_VERSION,
      database,
      lamport,
      journals,
      spend: () => spend,
    });
    // Flush the database's directory entry before writing the manifest that refers to it.
    await files.syncDirectory();
    await writeWhole(files, name, manifest);
    if (!(await files.read(name, 0, manifest.length)).equals(manifest))
      throw new Error('the manifest read back differs from the one written');
    await files.syncDirectory();
    log.info(`store: published a snapshot of ${database.messages} messages, ${database.bytes} bytes`);
    await this.removeOld();
  }

  /** Verifies all snapshots, not only the one in use. */
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

  /** Removes superseded generations and files left behind by a crash. Never removes journals. */
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

  /** If removal fails, for example because a virus scanner has the file open, the next `publish` tries again. */
  private async remove(name: string): Promise<void> {
    try {
      await this.options.files.remove(name);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT')
        this.options.log.warn(`store: ${name} could not be removed: ${String(error)}`);
    }
  }

  /**
   * @returns undefined if the file does not match its manifest. SQLite alone would open an empty or modified file
   * without an error.
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
