import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type SpendEvent, isSpendEvent } from '../../../domain/storeEvent';
import type { JournalPosition } from '../journal/cursor';
import { type JournalFiles, sha256Of, isJournalName } from '../journal/files';
import { isZero } from '../journal/frame';
import { storeEventSchema } from '../journal/eventSchema';

/**
 * Version of the projection: of its tables (schema.ts, search/schema.ts, spendSchema.ts; `PRAGMA user_version`) and of
 * the spend in a manifest. Another version is not migrated but folded again from the journals.
 */
export const PROJECTION_VERSION = 8;

/**
 * A snapshot is two files with new names: the projection as a database, and this manifest, which is written last and
 * describes the database. Without a valid manifest there is no snapshot.
 */
export interface SnapshotManifest {
  /** See `PROJECTION_VERSION`. Stored as `viewSchema`. */
  readonly projectionVersion: number;
  /** Highest version of the events in it. */
  readonly eventSchema: number;
  readonly database: SnapshotDatabase;
  /** Highest lamport number in it: the newest snapshot has the largest. */
  readonly lamport: number;
  /** The position up to which each journal is included, by file name. */
  readonly journals: ReadonlyMap<string, JournalPosition>;
  /**
   * The spend that the budget gate must know of the included part of the journals. Parsed on demand. Undefined if this
   * version can't read it.
   */
  readonly spend: () => readonly SpendEvent[] | undefined;
}

export interface SnapshotDatabase {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly conversations: number;
  readonly messages: number;
  readonly reservations: number;
}

const MANIFEST_NAME = /^s-[0-9a-f]{32}\.json$/;
const DATABASE_NAME = /^s-[0-9a-f]{32}\.db$/;

export const isManifestName = (name: string): boolean => MANIFEST_NAME.test(name);
export const isDatabaseName = (name: string): boolean => DATABASE_NAME.test(name);
export const newManifestName = (): string => `s-${randomBytes(16).toString('hex')}.json`;
export const databaseNameOf = (manifestName: string): string => manifestName.replace(/json$/, 'db');
export const manifestNameOf = (databaseName: string): string => databaseName.replace(/db$/, 'json');

const count = z.int().nonnegative();
const FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  viewSchema: count,
  eventSchema: count,
  database: z.object({ bytes: count, sha256: z.string(), conversations: count, messages: count, reservations: count }),
  lamport: count,
  journals: z.record(z.string().refine(isJournalName), z.tuple([count, count])),
});

/** Three lines: checksum and length of the other two, the description, the spend. */
export function encodeManifest({ spend, projectionVersion, ...facts }: SnapshotManifest): Buffer {
  const journals = Object.fromEntries(
    [...facts.journals].map(([name, { offset, nextSeq }]) => [name, [offset, nextSeq]]),
  );
  const description = { format: FORMAT, viewSchema: projectionVersion, ...facts, journals };
  const lines = Buffer.from(`${JSON.stringify(description)}\n${JSON.stringify(spend())}`, 'utf8');
  return Buffer.concat([Buffer.from(`${sha256Of(lines)} ${lines.length}\n`, 'latin1'), lines]);
}

const FIRST_LINE = /^([0-9a-f]{64}) (\d+)$/;
const FIRST_LINE_CUT = /^[0-9a-f]{0,64}(?: \d*)?$/;

/**
 * `newer`: of a later format, which must be kept. `unfinished`: its writing was interrupted or is in progress, so it
 * never was a snapshot. Undefined: damaged.
 */
export function decodeManifest(bytes: Buffer): SnapshotManifest | 'newer' | 'unfinished' | undefined {
  const border = bytes.indexOf('\n');
  const lines = bytes.subarray(border + 1);
  const firstLine = FIRST_LINE.exec(bytes.toString('latin1', 0, Math.max(0, border)));
  if (!firstLine)
    return isZero(bytes) || (border === -1 && FIRST_LINE_CUT.test(bytes.toString('latin1'))) ? 'unfinished' : undefined;
  const [, checksum, length] = firstLine;
  // After a power cut a file may have its length but zeros for content; a complete one ends with a bracket.
  if (lines.length < Number(length) || bytes.at(-1) === 0) return 'unfinished';
  if (checksum !== sha256Of(lines)) return undefined;
  const spendBorder = lines.indexOf('\n');
  const content: unknown = JSON.parse(lines.toString('utf8', 0, spendBorder));
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success)
    return z.object({ format: z.int().min(FORMAT + 1) }).safeParse(content).success ? 'newer' : undefined;
  const { journals, viewSchema, eventSchema, database, lamport } = parsed.data;
  return {
    projectionVersion: viewSchema,
    eventSchema,
    database,
    lamport,
    journals: new Map(Object.entries(journals).map(([name, [offset, nextSeq]]) => [name, { offset, nextSeq }])),
    spend: () => readSpend(lines.toString('utf8', spendBorder + 1)),
  };
}

const readSpend = (json: string): readonly SpendEvent[] | undefined =>
  z.array(storeEventSchema).safeParse(JSON.parse(json)).data?.filter(isSpendEvent);

export interface FoundManifest {
  readonly name: string;
  readonly manifest: SnapshotManifest;
}

export interface ManifestSearch {
  /** Newest first. */
  readonly found: readonly FoundManifest[];
  /** Names of manifests that are damaged or can't be read. */
  readonly damaged: readonly string[];
  /** Names of manifests whose writing was interrupted or is in progress. */
  readonly unfinished: readonly string[];
}

/** @throws if the folder can't be listed. */
export async function findManifests(files: JournalFiles): Promise<ManifestSearch> {
  const found: FoundManifest[] = [];
  const damaged: string[] = [];
  const unfinished: string[] = [];
  for (const name of (await files.list()).filter(isManifestName)) {
    const manifest = await readManifest(files, name);
    if (manifest === undefined) damaged.push(name);
    else if (manifest === 'unfinished') unfinished.push(name);
    else if (manifest !== 'removed' && manifest !== 'newer') found.push({ name, manifest });
  }
  found.sort((a, b) => b.manifest.lamport - a.manifest.lamport || (a.name < b.name ? -1 : 1));
  return { found, damaged, unfinished };
}

async function readManifest(files: JournalFiles, name: string): Promise<ReturnType<typeof decodeManifest> | 'removed'> {
  try {
    const size = await files.size(name);
    // Another window has just removed an old snapshot.
    if (size === undefined) return 'removed';
    return decodeManifest(await files.read(name, 0, size));
  } catch {
    return undefined;
  }
}
