import type { NoticeAction, NoticeView } from '../../protocol/views';
import { sentences } from './format';

export type NoticeActions = NoticeView['actions'];

export const action = (name: NoticeAction, label: string): NoticeActions[number] => ({ action: name, label });

export const notice = (
  code: string,
  severity: NoticeView['severity'],
  title: string,
  detail: string,
  actions: NoticeActions = [],
): NoticeView => ({ code, severity, title, detail, waitUntilMs: null, actions });

/** A notice as one line, for notifications and errors of the API. */
export const noticeText = ({ title, detail }: Pick<NoticeView, 'title' | 'detail'>): string => sentences(title, detail);
