import assert from 'node:assert/strict';
import { Uri as ShimUri, fakeEditor } from '../../support/vscodeShim';
import * as vscode from 'vscode';

describe('vscode shim', () => {
  beforeEach(() => fakeEditor.reset());

  it('is what `vscode` resolves to, as one module', () => {
    assert.equal(vscode.Uri, ShimUri as unknown);
  });

  it('fills placeholders by number and by name', () => {
    const { t } = vscode.l10n;
    assert.equal(t('{0} of {1}', 'a', 2), 'a of 2');
    assert.equal(t('{count} left', { count: 3 }), '3 left');
    assert.equal(t({ message: '{0}', args: ['x'], comment: [] }), 'x');
    assert.equal(t('{0} {1}', 'only one'), 'only one {1}');
  });

  it('keeps settings by scope and fires changes for the sections they touch', async () => {
    const seen: boolean[] = [];
    vscode.workspace.onDidChangeConfiguration((change) => seen.push(change.affectsConfiguration('neuralTerminal')));
    const settings = vscode.workspace.getConfiguration('neuralTerminal');
    await settings.update('model', 'a/b', vscode.ConfigurationTarget.Global);
    fakeEditor.setSetting('neuralTerminal.model', 'c/d', 'workspace');
    fakeEditor.setSetting('editor.fontSize', 12);
    assert.deepEqual(seen, [true, true, false]);
    assert.equal(settings.get('model'), 'c/d');
    assert.equal(settings.inspect('model')?.globalValue, 'a/b');
  });

  it('records notices and answers them', async () => {
    fakeEditor.answers.push('Yes');
    assert.equal(await vscode.window.showWarningMessage('Sure?', { modal: true }, 'Yes', 'No'), 'Yes');
    assert.equal(await vscode.window.showInformationMessage('Done'), undefined);
    assert.deepEqual(
      fakeEditor.messages.map(({ severity, text, choices }) => [severity, text, ...choices]),
      [
        ['warning', 'Sure?', 'Yes', 'No'],
        ['information', 'Done'],
      ],
    );
  });

  it('takes addresses apart and joins paths', () => {
    const uri = vscode.Uri.parse('https://example.com/a%20b?q=1#f');
    assert.deepEqual(
      [uri.scheme, uri.authority, uri.path, uri.query, uri.fragment],
      ['https', 'example.com', '/a b', 'q=1', 'f'],
    );
    assert.equal(vscode.Uri.joinPath(vscode.Uri.file('/store'), '..', 'x').fsPath, '/x');
  });
});
