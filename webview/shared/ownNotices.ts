import type { NoticeView } from '../../src/protocol/views';
import { strings } from '../strings';

/** What a page says by itself, where the host cannot. */
const ownNotice = (code: string, title: string, detail: string): NoticeView => ({
  code,
  severity: 'error',
  title,
  detail,
  waitUntilMs: null,
  actions: [],
});

export const noAnswerNotice = ownNotice('NO_ANSWER', strings.noAnswerTitle, strings.noAnswerDetail);
export const unreadableNotice = ownNotice('UNREADABLE', strings.unreadableTitle, strings.unreadableDetail);
