import { homedir } from 'node:os';
import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** False, and the person told, when one could not be written. Under another name first: a disk that fills up on the way leaves an older export as it was. */
export async function written(files: readonly (readonly [vscode.Uri, string])[]): Promise<boolean> {
  const { fs } = vscode.workspace;
  for (const [uri, text] of files) {
    const unfinished = uri.with({ path: `${uri.path}.part` });
    try {
      await fs.writeFile(unfinished, new TextEncoder().encode(text));
      await fs.rename(unfinished, uri, { overwrite: true });
    } catch (error) {
      await Promise.resolve(fs.delete(unfinished)).catch(() => undefined);
      void vscode.window.showErrorMessage(
        t(
          'The export could not be written to {0}: {1}. What was there before is unchanged.',
          uri.fsPath,
          wordsOf(error),
        ),
      );
      return false;
    }
  }
  return true;
}

export async function offerToOpen(uri: vscode.Uri, message: string): Promise<void> {
  const open = t('Open');
  if ((await vscode.window.showInformationMessage(message, open)) === open) await vscode.window.showTextDocument(uri);
}

/** `2026-11-20`, UTC: part of a file's name. */
export const dayToday = (): string => new Date().toISOString().slice(0, 10);
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** In the workspace where there is one. */
export function proposed(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), name);
}
