import { l10n } from 'vscode';
import type { Confirmation } from './confirmation';

export const notAWebAddress = (): string => l10n.t('This link isn’t a web address and was not opened.');

/** Reasons to look at a link twice. */
export type LinkWarning = 'userName' | 'longQuery' | 'internationalHost' | 'numericHost';

export const confirmLink = (url: URL, warnings: readonly LinkWarning[]): Confirmation => ({
  message: l10n.t('Open {0}?', url.host),
  detail: [url.href, ...warnings.map(warningText)].join('\n\n'),
  confirm: l10n.t('Open'),
});

function warningText(warning: LinkWarning): string {
  switch (warning) {
    case 'userName':
      return l10n.t('It contains a user name; the part before “@” is not the destination.');
    case 'longQuery':
      return l10n.t('Its query is long and may contain text from this conversation.');
    case 'internationalHost':
      return l10n.t('Its host contains letters that may look like others.');
    case 'numericHost':
      return l10n.t('Its host is a bare IP address.');
  }
}
