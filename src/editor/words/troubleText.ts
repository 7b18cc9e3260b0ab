import { l10n } from 'vscode';
import type { StoreWarning } from '../../domain/storeTrouble';
import type { NoticeView } from '../../protocol/views';
import { runDiagnostics, showLog } from './actionLabels';
import { asSentence, messageOf, sentences } from './format';
import { notice } from './notice';
import { storeWarningText } from './storeText';

/** The banner while the store reports a problem. */
export function describeStoreTrouble(warnings: readonly StoreWarning[]): NoticeView {
  return notice(
    'STORE_TROUBLE',
    'error',
    l10n.t('There is a problem with the history.'),
    sentences(
      ...warnings.map(storeWarningText),
      l10n.t('Nothing is overwritten. Unsaved changes are kept in memory and written as soon as possible.'),
    ),
    [showLog()],
  );
}

/** Shown instead of a ledger that can't be read. */
export function describeLedgerTrouble(error: unknown): NoticeView {
  return notice(
    'LEDGER_TROUBLE',
    'error',
    l10n.t('The ledger can’t be read.'),
    sentences(asSentence(messageOf(error)), l10n.t('No charge is lost: every request is recorded before it is sent.')),
    [showLog(), runDiagnostics()],
  );
}

/** For unexpected errors. */
export function describeError(error: unknown): NoticeView {
  return notice(
    'INTERNAL',
    'error',
    l10n.t('Something went wrong in Neural Terminal.'),
    sentences(asSentence(messageOf(error)), l10n.t('Your text is kept.')),
    [showLog()],
  );
}
