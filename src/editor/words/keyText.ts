import { l10n } from 'vscode';
import { type NanoUsd } from '../../domain/money';
import type { Confirmation } from './confirmation';
import { formatMoney, sentences } from './format';

/** Texts of the commands on API keys. */

export const keyInput = (origin: string) => ({
  title: l10n.t('API key for {0}', origin),
  prompt: l10n.t('The key is stored in the editor’s secret storage and sent to {0} only.', origin),
  placeHolder: 'sk-or-v1-…',
});

export const keyHasSpaces = (): string => l10n.t('A key contains no spaces.');

export const keyNotStored = (): string =>
  l10n.t('The system’s secret storage didn’t keep the key. You will have to enter it again after a restart.');

export const confirmRemoveKey = (origin: string): Confirmation => ({
  message: l10n.t('Remove the API key for {0}?', origin),
  confirm: l10n.t('Remove'),
});

/** @param remaining what the key may still spend; undefined when it has no limit. */
export const keyWorks = (remaining: NanoUsd | undefined): string =>
  sentences(
    l10n.t('The API key works.'),
    remaining === undefined
      ? l10n.t('It has no spending limit.')
      : l10n.t('It has {0} left to spend.', formatMoney(remaining)),
  );
