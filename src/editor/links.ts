import * as vscode from 'vscode';

/** Past this a query can carry a whole file out; the person is told. */
const LONG_QUERY_CHARACTERS = 200;

/**
 * Opens a link from a reply after the person has seen where it really goes. Only http(s); the host is shown in
 * its ASCII form, so that look-alike letters show.
 */
export async function confirmAndOpenLink(href: string): Promise<void> {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    void vscode.window.showWarningMessage(vscode.l10n.t('This link is not a web address and was not opened.'));
    return;
  }
  const open = vscode.l10n.t('Open');
  const detail = [url.href, ...warningsOf(url)].join('\n\n');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('Open {0}?', url.host),
    { modal: true, detail },
    open,
  );
  if (choice === open) await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
}

function warningsOf(url: URL): string[] {
  const { t } = vscode.l10n;
  return [
    ...(url.username !== '' || url.password !== ''
      ? [t('It carries a user name; the address before the @ is not where it goes.')]
      : []),
    ...(url.search.length > LONG_QUERY_CHARACTERS
      ? [t('Its query is long and may carry text out of this conversation.')]
      : []),
    ...(url.hostname.split('.').some((label) => label.startsWith('xn--'))
      ? [t('Its host has letters that may look like others.')]
      : []),
    ...(/^[\d.]+$|^\[/.test(url.hostname) ? [t('It names a machine by number.')] : []),
  ];
}
