import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Paths of the folder's files. */
export const journals = (folder: string): readonly string[] => readdirSync(folder).map((name) => path.join(folder, name));

export const onlyJournal = (folder: string): string => {
  const [name, ...others] = journals(folder);
  assert.deepEqual(others, []);
  assert.ok(name);
  return name;
};

/** The folder's files with their content, to see that nothing was touched. */
export const snapshot = (folder: string): ReadonlyMap<string, string> => new Map(journals(folder).map((file) => [file, readFileSync(file, 'hex')]));
