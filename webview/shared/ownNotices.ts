import type { NoticeView } from '../../src/protocol/views';
import { sharedStrings } from './strings';

const NO_ANSWER = 'NO_ANSWER';

/** An error that the page itself reports because the host can't. */
const ownNotice = (code: string, title: string, detail: string): NoticeView => ({
  code,
  severity: 'error',
  title,
  detail,
  waitUntilMs: null,
  actions: [],
});

export interface Refused {
  readonly kind: 'refused';
  readonly notice: NoticeView;
}

/** The page's own answer to a request that the host did not answer in time. */
export const noAnswer = (): Refused => ({
  kind: 'refused',
  notice: ownNotice(NO_ANSWER, sharedStrings.noAnswerTitle(), sharedStrings.noAnswerDetail()),
});

/** True for {@link noAnswer}: the host may have done what was asked. */
export const isNoAnswer = (answer: Refused | { readonly kind: string }): boolean =>
  'notice' in answer && answer.notice.code === NO_ANSWER;

/** A message came that this version of the page does not understand. */
export const unreadableNotice = (): NoticeView =>
  ownNotice('UNREADABLE', sharedStrings.unreadableTitle(), sharedStrings.unreadableDetail());
