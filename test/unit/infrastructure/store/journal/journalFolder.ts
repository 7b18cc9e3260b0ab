import { SIGNAL_FILE } from '../../../../../src/infrastructure/store/journal/set';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Without the change signal, which is empty and can be touched at any time. */
const files = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name !== SIGNAL_FILE)
    .map((name) => path.join(folder, name));

/** Paths of the folder's journals. */
export const journals = (folder: string): readonly string[] =>
  files(folder).filter((file) => path.basename(file).startsWith('j-'));

export const onlyJournal = (folder: string): string => {
  const [name, ...others] = journals(folder);
  assert.deepEqual(others, []);
  assert.ok(name);
  return name;
};

/** The folder's files with their content, to see that nothing was touched. */
export const snapshot = (folder: string): ReadonlyMap<string, string> =>
  new Map(files(folder).map((file) => [file, readFileSync(file, 'hex')]));
