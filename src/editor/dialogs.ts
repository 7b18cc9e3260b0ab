import * as vscode from 'vscode';
import type { NoticeView } from '../protocol/views';
import type { Confirmation } from './words/confirmation';
import { noticeText } from './words/notice';

/** Asks a modal question. @returns false when the user cancels. */
export async function confirmed(
  { message, detail, confirm }: Confirmation,
  severity: 'info' | 'warning' = 'warning',
): Promise<boolean> {
  const show = severity === 'info' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  return (await show(message, { modal: true, ...(detail === undefined ? {} : { detail }) }, confirm)) === confirm;
}

/** A notice as a notification, where no panel shows it. */
export function notifyUser(notice: Pick<NoticeView, 'title' | 'detail'>): void {
  void vscode.window.showWarningMessage(noticeText(notice));
}
