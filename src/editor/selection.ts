import * as vscode from 'vscode';
import type { Attachment } from '../domain/conversation';
import type { IdSource } from '../domain/ports/system';

/** Longer text is not attached: no context window holds it, and the panel couldn't display it. */
export const MAX_ATTACHMENT_CHARACTERS = 1_000_000;

/** The selection, or the cursor's line if nothing is selected. Undefined when that is empty or too long. */
export function attachmentFromEditor(editor: vscode.TextEditor, ids: IdSource): Attachment | undefined {
  const range = rangeOf(editor);
  const text = editor.document.getText(range);
  if (text.trim() === '' || text.length > MAX_ATTACHMENT_CHARACTERS) return undefined;
  return {
    id: ids.next(),
    kind: 'selection',
    path: vscode.workspace.asRelativePath(editor.document.uri, false),
    startLine: range.start.line + 1,
    endLine: range.end.line + 1,
    languageId: editor.document.languageId,
    text,
  };
}

/** A selection that ends at the start of a line doesn't include that line. */
function rangeOf(editor: vscode.TextEditor): vscode.Range {
  const { selection, document } = editor;
  if (selection.isEmpty) return document.lineAt(selection.active.line).range;
  if (selection.end.character > 0 || selection.end.line === selection.start.line) return selection;
  return new vscode.Range(selection.start, document.lineAt(selection.end.line - 1).range.end);
}
