import type { ModelId } from '../domain/ids';
import type { ConnectionSource, SettingsSource } from '../domain/ports';
import type { BudgetView, ConnectionView, ModelView, NoticeView } from '../protocol/views';
import type { Conversations } from './conversations';
import type { ModelCatalogue } from './modelCatalogue';
import * as present from './presenter';
import type { SpendLedger } from './spendLedger';

export interface ProductViewsOptions {
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly settings: SettingsSource;
  readonly connections: ConnectionSource;
  readonly describeStoreTrouble: (reason: string) => NoticeView;
  readonly isOpenRouter: (origin: string) => boolean;
}

/** What every panel shows of the product, whichever conversation it is in. */
export class ProductViews {
  constructor(private readonly options: ProductViewsOptions) {}

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

  banner(): NoticeView | null {
    const trouble = this.options.conversations.storeTrouble;
    return trouble === null ? null : this.options.describeStoreTrouble(trouble);
  }
}
