import { fakeEditor } from '../../support/vscodeShim';
import assert from 'node:assert/strict';
import { OutputLog } from '../../../src/editor/log';

describe('OutputLog', () => {
  beforeEach(() => fakeEditor.reset());

  it('redacts keys at every level', () => {
    const log = new OutputLog();
    for (const level of ['info', 'warn', 'error'] as const) log[level]('sk-or-v1-0123456789abcdef failed');
    log.dispose();
    assert.deepEqual(fakeEditor.logLines, ['info: [key] failed', 'warn: [key] failed', 'error: [key] failed']);
  });
});
