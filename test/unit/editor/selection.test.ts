import assert from 'node:assert/strict';
import { Position, Range, Uri } from '../../support/vscodeShim';
import type * as vscode from 'vscode';
import { MAX_ATTACHMENT_CHARACTERS, attachmentFromEditor } from '../../../src/editor/selection';

const ids = { next: () => 'id-1' };
type Place = readonly [line: number, character: number];

/** An editor with this text; the cursor is at the selection's end. */
function editorOf(text: string, start: Place, end: Place): vscode.TextEditor {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  const range = new Range(new Position(...start), new Position(...end));
  const editor = {
    selection: Object.assign(range, { active: range.end }),
    document: {
      uri: Uri.file('src/a.ts'),
      languageId: 'typescript',
      lineAt: (line: number) => ({
        range: new Range(new Position(line, 0), new Position(line, lines[line]?.length ?? 0)),
      }),
      getText: (part: Range) => text.slice(offset(part.start), offset(part.end)),
    },
  };
  return editor as unknown as vscode.TextEditor;
}

describe('attachment from the editor', () => {
  const TEXT = 'one\ntwo\n\nfour';
  const ranges: readonly (readonly [string, Place, Place, text: string, lines: readonly [number, number]])[] = [
    ['the selection', [0, 1], [1, 2], 'ne\ntw', [1, 2]],
    ['part of a line', [1, 0], [1, 2], 'tw', [2, 2]],
    ['the cursor’s line without a selection', [1, 2], [1, 2], 'two', [2, 2]],
    ['no line that the selection only ends before', [0, 0], [1, 0], 'one', [1, 1]],
    ['lines up to an empty one', [0, 0], [3, 0], 'one\ntwo\n', [1, 3]],
    ['the whole text', [0, 0], [3, 4], TEXT, [1, 4]],
  ];
  for (const [name, start, end, text, [startLine, endLine]] of ranges) {
    it(`takes ${name}`, () => {
      assert.deepEqual(attachmentFromEditor(editorOf(TEXT, start, end), ids), {
        id: 'id-1',
        kind: 'selection',
        path: 'src/a.ts',
        startLine,
        endLine,
        languageId: 'typescript',
        text,
      });
    });
  }

  const nothing: readonly (readonly [string, string, Place, Place])[] = [
    ['an empty line', TEXT, [2, 0], [2, 0]],
    ['white space', 'a \t \nb', [0, 1], [0, 4]],
    ['too much', 'x'.repeat(MAX_ATTACHMENT_CHARACTERS + 1), [0, 0], [0, MAX_ATTACHMENT_CHARACTERS + 1]],
  ];
  for (const [name, text, start, end] of nothing) {
    it(`takes nothing from ${name}`, () =>
      assert.equal(attachmentFromEditor(editorOf(text, start, end), ids), undefined));
  }

  it('takes as much as fits', () => {
    const text = 'x'.repeat(MAX_ATTACHMENT_CHARACTERS);
    const attachment = attachmentFromEditor(editorOf(text, [0, 0], [0, text.length]), ids);
    assert.equal(attachment?.text.length, MAX_ATTACHMENT_CHARACTERS);
  });
});
