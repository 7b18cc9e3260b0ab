import { l10n } from 'vscode';
import { formatNumber } from './format';

/** Titles of views and short messages of the editor. */

/** The product's name is not translated. */
export const PRODUCT = 'Neural Terminal';

export const ledgerTitle = (): string => l10n.t('Ledger');

export const nothingSelected = (limit: number): string =>
  l10n.t('Select some text in an editor first (up to {0} characters).', formatNumber(limit));
