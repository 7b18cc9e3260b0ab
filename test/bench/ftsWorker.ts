import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { FtsQuestion } from './ftsPeer';

/** FTS5 on a thread of its own, as an extension would have to run it: some of its answers take a tenth of a second. */
const { file, sql }: { readonly file: string; readonly sql: string } = workerData;
const search = new DatabaseSync(file).prepare(sql);

parentPort?.on('message', ({ id, match }: FtsQuestion) => parentPort?.postMessage({ id, rows: search.all(match) }));
