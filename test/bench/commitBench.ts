import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import initSqlJs from 'sql.js';
import { added, created } from '../unit/infrastructure/store/storeEvents';
import { NodeJournalFiles } from '../../src/infrastructure/store/journal/nodeFiles';
import { type BenchBundles, openBenchStore } from './benchStore';
import type { BenchRow } from './benchTable';
import { inTurns } from './measure';

const MESSAGE_BYTES = 2048;
/** Messages in the exported database: a few weeks of use. */
const EXPORTED_MESSAGES = 2_000;
const TABLE =
  'CREATE TABLE message (id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, content TEXT NOT NULL, created_at_ms INTEGER NOT NULL)';
const INSERT = 'INSERT INTO message VALUES (?, ?, ?, ?)';

const content = 'x'.repeat(MESSAGE_BYTES);

interface Contestant {
  readonly commit: () => unknown;
  readonly close: () => unknown;
}

async function ours(folder: string, bundles: BenchBundles, heldMs: number[] = []): Promise<Contestant> {
  const directory = path.join(folder, 'ours');
  const { store } = openBenchStore(directory, bundles, timedCalls(new NodeJournalFiles(directory), heldMs));
  await store.commit([created('c')]);
  await store.conversations();
  let n = 0;
  return { commit: () => store.commit([added('c', `m${n++}`, { content })]), close: () => store.close() };
}

/** Notes how long each call holds the thread before it returns its promise. */
function timedCalls<T extends object>(target: T, heldMs: number[]): T {
  return new Proxy(target, {
    get(object, key): unknown {
      const member: unknown = Reflect.get(object, key);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        const startMs = performance.now();
        const result: unknown = Reflect.apply(member, object, given);
        heldMs.push(performance.now() - startMs);
        return key === 'create' && result instanceof Promise
          ? result.then((file: object) => timedCalls(file, heldMs))
          : result;
      };
    },
  });
}

function nodeSqlite(folder: string): Contestant {
  const database = new DatabaseSync(path.join(folder, 'peer.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(TABLE);
  const insert = database.prepare(INSERT);
  let n = 0;
  return { commit: () => insert.run(`m${n++}`, 'c', content, 1), close: () => database.close() };
}

/** What other extensions with sql.js do: write the whole database to a new file, flush it and rename it over the old one. */
async function exportAndRename(folder: string, wasmPath: string): Promise<Contestant> {
  const engine = await initSqlJs({ wasmBinary: new Uint8Array(await readFile(wasmPath)).buffer });
  const database = new engine.Database();
  database.exec(TABLE);
  let n = 0;
  const insert = (): void => void database.run(INSERT, [`m${n++}`, 'c', content, 1]);
  for (let i = 0; i < EXPORTED_MESSAGES; i++) insert();
  const commit = (): void => {
    insert();
    const file = openSync(path.join(folder, 'export.tmp'), 'w');
    writeSync(file, database.export());
    fsyncSync(file);
    closeSync(file);
    renameSync(path.join(folder, 'export.tmp'), path.join(folder, 'export.db'));
    flushFolder(folder);
  };
  return { commit, close: () => database.close() };
}

function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

export async function commitRows(folder: string, bundles: BenchBundles): Promise<readonly BenchRow[]> {
  const what = 'durable commit of one message of 2 KB';
  const heldMs: number[] = [];
  const sqlite = [await ours(folder, bundles, heldMs), nodeSqlite(folder)];
  const [oursA, peerA] = await inTurns(
    sqlite.map(({ commit }) => commit),
    { blocks: 200, runsPerBlock: 50, warmUp: 2_000 },
  );
  for (const { close } of sqlite) await close();
  const exported = [await ours(path.join(folder, 'second'), bundles), await exportAndRename(folder, bundles.wasmPath)];
  const [oursB, peerB] = await inTurns(
    exported.map(({ commit }) => commit),
    { blocks: 10, runsPerBlock: 5, warmUp: 20 },
  );
  for (const { close } of exported) await close();
  if (!oursA || !peerA || !oursB || !peerB) return [];
  return [
    { what, ours: oursA, peer: { name: 'node:sqlite, WAL, FULL', measured: peerA }, goal: { atMostRatio: 2 } },
    heldRow(heldMs),
    {
      what,
      ours: oursB,
      peer: { name: `sql.js, export and rename of ${EXPORTED_MESSAGES} messages`, measured: peerB },
      goal: { atMostRatio: 1 },
    },
  ];
}

/** Not the maximum: garbage collection or another process can interrupt any call. */
function heldRow(heldMs: readonly number[]): BenchRow {
  const sorted = heldMs.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
  return {
    what: `event loop held by one of ${sorted.length.toLocaleString('en-US')} disk calls, p99 (median–maximum)`,
    ours: { medianMs: at(0.99), spreadMs: [at(0.5), at(1)], runs: sorted.length },
    goal: { atMostMs: 1 },
  };
}
