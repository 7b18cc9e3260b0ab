import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { exportFailed, openLabel } from './words/exchangeText';
import { messageOf } from './words/format';

/**
 * Writes under a temporary name first, so that a full disk leaves an older export unchanged.
 * @returns false, after notifying the user, when a file can't be written
 */
export async function writeFiles(files: readonly (readonly [vscode.Uri, string])[]): Promise<boolean> {
  const { fs } = vscode.workspace;
  for (const [uri, text] of files) {
    const unfinished = uri.with({ path: `${uri.path}.part` });
    try {
      await fs.writeFile(unfinished, new TextEncoder().encode(text));
      await fs.rename(unfinished, uri, { overwrite: true });
    } catch (error) {
      await Promise.resolve(fs.delete(unfinished)).catch(() => undefined);
      void vscode.window.showErrorMessage(exportFailed(uri.fsPath, messageOf(error)));
      return false;
    }
  }
  return true;
}

export async function offerToOpen(uri: vscode.Uri, message: string): Promise<void> {
  const open = openLabel();
  if ((await vscode.window.showInformationMessage(message, open)) === open) await vscode.window.showTextDocument(uri);
}

/** `2026-11-20`, UTC, for file names. */
export const dayToday = (): string => new Date().toISOString().slice(0, 10);

/** A file in the workspace folder, or in the home folder without a workspace. */
export function proposed(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), name);
}
