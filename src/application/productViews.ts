import type { Attachment, Conversation, ConversationSummary } from '../domain/conversation';
import type { ModelId } from '../domain/ids';
import type { ConnectionSource, SettingsSource } from '../domain/ports';
import type { TurnProgress } from '../domain/productEvent';
import type { BudgetView, ConnectionView, ModelView, NoticeView, PanelView, QuoteView } from '../protocol/views';
import type { Conversations } from './conversations';
import type { ModelCatalogue } from './modelCatalogue';
import type { TurnQuote } from './orchestrator';
import * as present from './presenter';
import type { SpendLedger } from './spendLedger';

export interface ProductViewsOptions {
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly settings: SettingsSource;
  readonly connections: ConnectionSource;
  readonly describeStoreTrouble: (reason: string) => NoticeView;
  readonly describeFailure: present.DescribeFailure;
  readonly describeRefusal: present.DescribeRefusal;
  readonly isOpenRouter: (origin: string) => boolean;
  readonly exposure: () => PanelView['exposure'];
}

/** What one panel is in the middle of. */
export interface PanelParts {
  readonly conversation: Conversation | undefined;
  /** The conversation that it was forked from. */
  readonly source: ConversationSummary | undefined;
  readonly model: ModelId;
  readonly live: TurnProgress | null;
  readonly connection: ConnectionView;
  readonly quote: TurnQuote | null;
  readonly attachments: readonly Attachment[];
}

/** What panels show of the product, and a panel's whole view made with it. */
export class ProductViews {
  constructor(private readonly options: ProductViewsOptions) {}

  panel({ conversation, source, model, live, connection, quote, attachments }: PanelParts): PanelView {
    const { catalogue, describeFailure, exposure } = this.options;
    return {
      conversation: { ...present.headerView(conversation, source, catalogue.known(model)), entries: conversation ? present.entryViews(conversation, describeFailure, live) : [] },
      live: live && present.liveView(live),
      budget: this.budget(),
      connection,
      model: this.model(model),
      quote: this.quote(quote),
      circuit: { state: 'closed', failures: 0, threshold: 5, untilMs: null },
      attachments: attachments.map(present.attachmentView),
      banner: this.banner(),
      exposure: exposure(),
    };
  }

  async connection(): Promise<ConnectionView> {
    const connection = await this.options.connections.current();
    return present.connectionView(connection, this.options.isOpenRouter(connection.origin));
  }

  budget(): BudgetView {
    return present.budgetView(this.options.ledger.summary(), this.options.settings.current());
  }

  model(id: ModelId): ModelView {
    const { catalogue } = this.options;
    return present.modelView(id, catalogue.known(id), catalogue.isRead);
  }

  quote(quote: TurnQuote | null): QuoteView | null {
    return quote && present.quoteView(quote, this.options.describeRefusal);
  }

  /** Changes whenever what the budget leaves to reserve may have. */
  budgetKey(): string {
    const { todayNanoUsd, monthNanoUsd, reservedNanoUsd, pendingNanoUsd } = this.options.ledger.summary();
    return [todayNanoUsd, monthNanoUsd, reservedNanoUsd, pendingNanoUsd].join(' ');
  }

  banner(): NoticeView | null {
    const trouble = this.options.conversations.storeTrouble;
    return trouble === null ? null : this.options.describeStoreTrouble(trouble);
  }
}
