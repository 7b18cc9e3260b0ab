import { RefusedError } from '../../domain/failure';
import { type ConversationId, conversationId, messageId } from '../../domain/ids';
import { parseSearch } from '../../domain/searchParser';
import { type Answer, HISTORY_PAGE, type PanelRequest } from '../../protocol/messages';
import type { MoneyWords } from '../models/moneyWords';
import type { PanelUseCases } from './panelUseCases';
import type { PanelSession } from './session';
import { historyEntryView, searchHitView } from './presenter';

type RequestOf<T extends PanelRequest['type']> = Extract<PanelRequest, { type: T }>;
export type HistoryRequest = RequestOf<
  | 'newConversation'
  | 'openConversation'
  | 'openMessage'
  | 'listConversations'
  | 'search'
  | 'rename'
  | 'tag'
  | 'pin'
  | 'archive'
  | 'delete'
>;

export interface PanelHistoryOptions {
  readonly session: PanelSession;
  readonly useCases: PanelUseCases;
  readonly words: MoneyWords;
}

const OK: Answer = { kind: 'ok' };

const SEARCH_HITS = 50;
/** Conversations with a matching title, shown above the hits. */
const TITLE_HITS = 5;

/** Answers requests about the history: finding, opening and filing conversations. */
export class PanelHistory {
  constructor(private readonly options: PanelHistoryOptions) {}

  /** @throws RefusedError */
  async answer(request: HistoryRequest): Promise<Answer> {
    switch (request.type) {
      case 'newConversation':
        await this.options.session.show(null);
        return OK;
      case 'openConversation':
        return this.open(conversationId(request.conversationId));
      case 'openMessage':
        return this.openMessage(request);
      case 'listConversations':
        return this.list(request);
      case 'search':
        return this.search(request.text);
      case 'rename':
      case 'tag':
      case 'pin':
      case 'archive':
      case 'delete':
        await this.file(request, conversationId(request.conversationId));
        return OK;
    }
  }

  private async open(id: ConversationId): Promise<Answer> {
    const { session, useCases } = this.options;
    if (!(await useCases.conversations.get(id))) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    await session.show(id);
    return OK;
  }

  private async openMessage(request: RequestOf<'openMessage'>): Promise<Answer> {
    const id = conversationId(request.conversationId);
    const message = messageId(request.messageId);
    await this.options.useCases.branches.showMessage(id, message);
    await this.options.session.reveal(id, message);
    return OK;
  }

  private async list({ filter, offset }: RequestOf<'listConversations'>): Promise<Answer> {
    const { words, useCases } = this.options;
    const { conversations } = useCases;
    const [page, all, archivedTotal] = await Promise.all([
      conversations.list({ filter, offset, limit: HISTORY_PAGE }),
      conversations.count(),
      conversations.count('archived'),
    ]);
    return {
      kind: 'conversations',
      conversations: page.map((summary) => historyEntryView(words, summary)),
      total: filter === 'archived' ? archivedTotal : all - archivedTotal,
      archivedTotal,
    };
  }

  private async search(text: string): Promise<Answer> {
    const { words, useCases } = this.options;
    const { conversations } = useCases;
    const query = parseSearch(text, SEARCH_HITS);
    const [titles, { hits, complete }] = await Promise.all([
      conversations.searchTitles({ ...query, limit: TITLE_HITS }),
      conversations.search(query),
    ]);
    return {
      kind: 'hits',
      conversations: titles.map((summary) => historyEntryView(words, summary)),
      hits: hits.map((hit) => searchHitView(words, hit)),
      complete,
    };
  }

  private file(request: RequestOf<'rename' | 'tag' | 'pin' | 'archive' | 'delete'>, id: ConversationId): Promise<void> {
    const { filing } = this.options.useCases;
    switch (request.type) {
      case 'rename':
        return filing.rename(id, request.title);
      case 'tag':
        return filing.tag(id, request.tags);
      case 'pin':
        return filing.pin(id, request.pinned);
      case 'archive':
        return filing.archive(id, request.archived);
      case 'delete':
        return request.deleted ? filing.delete(id) : filing.undelete(id);
    }
  }
}
