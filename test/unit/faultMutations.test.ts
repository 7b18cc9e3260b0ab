import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MUTATIONS } from '../faults/mutations';

describe('mutations of the fault suite', () => {
  it('find the text that they break exactly once', () => {
    const missing = MUTATIONS.flatMap(({ name, edits }) =>
      edits
        .filter(({ file, find }) => readFileSync(file, 'utf8').split(find).length !== 2)
        .map(({ file }) => `${name}: ${file}`),
    );
    assert.deepEqual(missing, []);
  });
});
