import * as vscode from 'vscode';
import { confirmed } from './dialogs';
import { type LinkWarning, confirmLink, notAWebAddress } from './words/linkText';

/** Longer queries could send out text of the conversation, so the user is warned. */
const LONG_QUERY_CHARACTERS = 200;

/**
 * Opens a link from a reply after the user has confirmed its destination. Only http(s). The host is shown in its ASCII
 * form, which reveals look-alike letters.
 */
export async function confirmAndOpenLink(href: string): Promise<void> {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    void vscode.window.showWarningMessage(notAWebAddress());
    return;
  }
  if (await confirmed(confirmLink(url, warningsOf(url)), 'info'))
    await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
}

function warningsOf(url: URL): LinkWarning[] {
  const warnings: readonly (readonly [LinkWarning, boolean])[] = [
    ['userName', url.username !== '' || url.password !== ''],
    ['longQuery', url.search.length > LONG_QUERY_CHARACTERS],
    ['internationalHost', url.hostname.split('.').some((label) => label.startsWith('xn--'))],
    ['numericHost', /^[\d.]+$|^\[/.test(url.hostname)],
  ];
  return warnings.flatMap(([warning, applies]) => (applies ? [warning] : []));
}
