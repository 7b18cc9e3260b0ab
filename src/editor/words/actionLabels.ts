import { l10n } from 'vscode';
import { type NoticeActions, action } from './notice';

/** Buttons that several notices have. */

export const setApiKey = (): NoticeActions[number] => action('setApiKey', l10n.t('Set API key'));
export const runDiagnostics = (): NoticeActions[number] => action('runDiagnostics', l10n.t('Run diagnostics'));
export const showLog = (): NoticeActions[number] => action('showLog', l10n.t('Show log'));
export const retry = (): NoticeActions[number] => action('retry', l10n.t('Try again'));
export const newConversation = (): NoticeActions[number] => action('newConversation', l10n.t('New conversation'));
export const chooseAnotherModel = (): NoticeActions[number] => action('selectModel', l10n.t('Choose another model'));
export const chooseCheaperModel = (): NoticeActions[number] => action('selectModel', l10n.t('Choose a cheaper model'));
export const checkBaseUrl = (): NoticeActions[number] => action('openBaseUrlSetting', l10n.t('Check the base URL'));
