import type { Attachment, Conversation, ConversationSummary, Message } from '../../domain/conversation';
import type { ModelId } from '../../domain/ids';
import type { ConnectionSource } from '../../domain/ports/provider';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock } from '../../domain/ports/system';
import type { TurnProgress } from '../../domain/coreEvent';
import type {
  BudgetView,
  CircuitView,
  ConnectionView,
  EntryView,
  LiveView,
  ModelView,
  NoticeView,
  PanelView,
  QuoteView,
} from '../../protocol/views';
import type { Circuits } from '../turn/circuits';
import type { Conversations } from '../conversations/conversations';
import * as entries from './entryPresenter';
import type { ModelCatalogue } from '../models/catalogue';
import type { TurnQuote } from '../turn/quote';
import type { PanelWords } from './panelWords';
import * as present from './presenter';
import type { SpendLedger } from '../spend/ledger';

export interface ViewModelsOptions {
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly settings: SettingsSource;
  readonly connections: ConnectionSource;
  readonly words: PanelWords;
  readonly theme: () => PanelView['theme'];
  readonly circuits: Pick<Circuits, 'of'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** The state of one panel. */
export interface PanelState {
  readonly conversation: Conversation | undefined;
  /** The conversation that it was forked from. */
  readonly source: ConversationSummary | undefined;
  readonly model: ModelId;
  readonly live: TurnProgress | null;
  readonly connection: ConnectionView;
  readonly quote: TurnQuote | null;
  readonly attachments: readonly Attachment[];
}

/** Builds the view models of panels from the state of the core. */
export class ViewModels {
  constructor(private readonly options: ViewModelsOptions) {}

  panel({ conversation, source, model, live, connection, quote, attachments }: PanelState): PanelView {
    return {
      conversation: {
        ...this.header(conversation, source, model),
        entries: conversation ? entries.entryViews(this.context(conversation, live)) : [],
      },
      live: this.live(live),
      budget: this.budget(),
      connection,
      model: this.model(model),
      quote: this.quote(quote, model),
      circuit: this.circuit(model),
      attachments: attachments.map(entries.attachmentView),
      banner: this.banner(),
      theme: this.options.theme(),
    };
  }

  header(
    conversation: Conversation | undefined,
    source: ConversationSummary | undefined,
    model: ModelId,
  ): present.HeaderView {
    return present.headerView(this.options.words, conversation, source, this.options.catalogue.known(model));
  }

  costText(message: Message, live: TurnProgress | null): string {
    return entries.costText(this.options.words, message, live);
  }

  entry(conversation: Conversation, message: Message, live: TurnProgress | null): EntryView {
    return entries.entryView(message, this.context(conversation, live));
  }

  live(progress: TurnProgress | null): LiveView | null {
    return progress && present.liveView(this.options.words, progress);
  }

  circuit(model: ModelId): CircuitView {
    const { circuits, clock } = this.options;
    return present.circuitView(circuits.of(model), clock.nowMs());
  }

  async connection(): Promise<ConnectionView> {
    return present.connectionView(await this.options.connections.current());
  }

  budget(): BudgetView {
    return present.budgetView(this.options.words, this.options.ledger.summary(), this.options.settings.current());
  }

  model(id: ModelId): ModelView {
    const { catalogue, words } = this.options;
    return present.modelView(words, id, catalogue.known(id), catalogue.isRead);
  }

  quote(quote: TurnQuote | null, model: ModelId): QuoteView | null {
    if (!quote) return null;
    const view = present.quoteView(this.options.words, quote);
    // The quote may be older than this view; the circuit knows the current time of its next test.
    return quote.refusal?.code === 'CIRCUIT_OPEN'
      ? { ...view, waitUntilMs: this.circuit(model).untilMs ?? view.waitUntilMs }
      : view;
  }

  /** Changes whenever the amount that can still be reserved may have changed. */
  budgetKey(): string {
    const { todayNanoUsd, monthNanoUsd, reservedNanoUsd, pendingNanoUsd } = this.options.ledger.summary();
    return [todayNanoUsd, monthNanoUsd, reservedNanoUsd, pendingNanoUsd].join(' ');
  }

  banner(): NoticeView | null {
    const warnings = this.options.conversations.storeWarnings;
    return warnings.length === 0 ? null : this.options.words.describeStoreTrouble(warnings);
  }

  private context(conversation: Conversation, live: TurnProgress | null): entries.EntryContext {
    const { words, settings } = this.options;
    return { conversation, live, words, chain: settings.current().fallbackModels };
  }
}
