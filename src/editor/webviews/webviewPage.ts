import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type PanelHtmlOptions, panelHtml } from './panelHtml';

export interface PageFiles {
  readonly root: PanelHtmlOptions['root'];
  /** File in `dist/webview`. */
  readonly script: string;
}

/** Sets a webview's page and its options. All pages of the extension have the same content security policy. */
export function loadPage(webview: vscode.Webview, extensionUri: vscode.Uri, { root, script }: PageFiles): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, enableCommandUris: false, enableForms: false, localResourceRoots: [folder] };
  const uri = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  webview.html = panelHtml({
    root,
    language: vscode.env.language,
    translations: vscode.l10n.bundle,
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    scriptUri: uri(script),
    styleUri: uri('page.css'),
  });
}

/** The icon of the extension's editor tabs. */
export function tabIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', name);
  return { light: icon('icon-light.svg'), dark: icon('icon-dark.svg') };
}
