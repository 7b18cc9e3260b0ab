import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DraftFile } from '../../../../src/editor/webviews/draftFile';
import { silentLog } from '../../../support/testCore';

describe('draft memory', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nt-draft-'));
  const file = path.join(folder, 'workspace', 'draft.txt');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const memory = (): DraftFile => new DraftFile(file, silentLog);

  it('is empty where nothing was typed', async () => assert.equal(await memory().read(), ''));

  it('gives the newest text at once, and to the next window', async () => {
    const first = memory();
    for (const text of ['h', 'ha', 'half a thought 🌍']) first.save(text);
    assert.equal(await first.read(), 'half a thought 🌍');
    await first.saved();
    assert.equal(await memory().read(), 'half a thought 🌍');
    assert.deepEqual(readdirSync(path.dirname(file)), ['draft.txt']);
  });

  it('forgets a text that was sent', async () => {
    const first = memory();
    first.save('x');
    first.save('');
    await first.saved();
    assert.equal(await memory().read(), '');
  });
});
