import { RefusedError } from '../../domain/failure';
import { type ModelId, modelId } from '../../domain/ids';
import type { Telemetry, TelemetryQuery } from '../../domain/telemetry';
import type { Answer, PanelMessage, PanelRequest } from '../../protocol/messages';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import type { PanelWords } from './panelWords';
import { PanelHistory, type PanelHistoryOptions } from './history';
import { type MoreExpensiveModel, PanelTurns, type PanelTurnsOptions } from './turns';
import { telemetryView } from './presenter';

/** Period of the panel's telemetry. */
const TELEMETRY_MS = 30 * 24 * 60 * 60 * 1000;

/** What a panel needs from the editor. Actions that involve money, keys or links ask the user first. */
export interface PanelActions {
  copy(text: string): Promise<void>;
  /** @returns false when no editor is open. */
  insertAtCursor(text: string): Promise<boolean>;
  openInNewFile(text: string, languageId: string): Promise<void>;
  openLink(href: string): Promise<void>;
  setApiKey(): Promise<void>;
  openBudgetMenu(): Promise<void>;
  /** @param promptTokens of the next message; null when unknown. */
  pickModel(current: ModelId, promptTokens: number | null): Promise<ModelId | undefined>;
  confirmUnknownPrice(model: ModelId): Promise<boolean>;
  /** Shows both prices and the worst case. Applies to one reply only. */
  confirmMoreExpensiveModel(model: MoreExpensiveModel): Promise<boolean>;
  openBaseUrlSetting(): Promise<void>;
  /** Explains that a bill of this model exceeded its worst case, and unblocks the model if the user agrees. */
  allowOverrun(model: ModelId): Promise<void>;
  showLedger(): Promise<void>;
  runDiagnostics(): Promise<void>;
  showLog(): void;
  /** Reports a problem that occurred after the request was answered, for example in a dialog. */
  notify(notice: NoticeView): void;
}

export interface PanelRequestsOptions extends PanelTurnsOptions, PanelHistoryOptions {
  readonly actions: PanelActions;
  readonly telemetry: (query: TelemetryQuery) => Promise<Telemetry>;
  readonly words: PanelWords;
}

const OK: Answer = { kind: 'ok' };

/** Answers the requests of one panel, using the same use cases as the public API and the commands. */
export class PanelRequests {
  private readonly turns: PanelTurns;
  private readonly history: PanelHistory;

  constructor(private readonly options: PanelRequestsOptions) {
    this.turns = new PanelTurns(options);
    this.history = new PanelHistory(options);
  }

  /** Handles messages that have no answer. */
  async notify(message: Exclude<PanelMessage, PanelRequest | { type: 'ready' }>): Promise<void> {
    const { session, saveDraft } = this.options;
    if (message.type === 'draftChanged') {
      saveDraft(message.text);
      session.setDraft(message.text);
    } else await session.snapshot();
  }

  /** Never throws; errors become `refused` answers. */
  async answer(request: PanelRequest): Promise<Answer> {
    try {
      return await this.handle(request);
    } catch (error) {
      return { kind: 'refused', notice: this.describe(error) };
    }
  }

  private async handle(request: PanelRequest): Promise<Answer> {
    const { session, actions } = this.options;
    switch (request.type) {
      case 'send':
      case 'edit':
      case 'regenerate':
      case 'continueReply':
      case 'stop':
      case 'chooseSibling':
      case 'fork':
        return this.turns.answer(request);
      case 'removeAttachment':
        session.setAttachments(session.pendingAttachments.filter((a) => a.id !== request.attachmentId));
        return OK;
      case 'copy':
        await actions.copy(request.text);
        return OK;
      case 'insertAtCursor':
        if (!(await actions.insertAtCursor(request.text))) throw new RefusedError({ code: 'NO_EDITOR' });
        return OK;
      case 'openInNewFile':
        await actions.openInNewFile(request.text, request.languageId);
        return OK;
      case 'openLink':
        return this.later(() => actions.openLink(request.href));
      case 'noticeAction':
        return this.act(request.action, request.entryId);
      case 'selectModel':
        return this.later(() => this.selectModel());
      case 'openBudgetMenu':
        return this.later(() => actions.openBudgetMenu());
      case 'telemetry':
        return this.telemetry(request.scope);
      default:
        return this.history.answer(request);
    }
  }

  /** Answers at once, because a dialog may stay open for any time. */
  private later(work: () => Promise<void>): Answer {
    work().catch((error: unknown) => this.options.actions.notify(this.describe(error)));
    return OK;
  }

  private async act(action: NoticeAction, entryId: string | null): Promise<Answer> {
    const { session, useCases, actions } = this.options;
    switch (action) {
      case 'setApiKey':
        return this.later(() => actions.setApiKey());
      case 'openBudgetMenu':
        return this.later(() => actions.openBudgetMenu());
      case 'selectModel':
        return this.later(() => this.selectModel());
      case 'acceptUnknownPrice':
        return this.later(async () => {
          if (!(await actions.confirmUnknownPrice(session.model))) return;
          useCases.orchestrator.acceptUnknownPrice(session.conversation);
          session.quotes.changed();
        });
      case 'retry':
        return this.turns.regenerate(entryId);
      case 'continueReply':
        return this.turns.continueReply(entryId);
      case 'shorten':
        return this.turns.shorten(entryId);
      case 'switchModel':
        return this.turns.switchModel(entryId, (model, ask) =>
          this.later(async () => void ((await actions.confirmMoreExpensiveModel(model)) && (await ask()))),
        );
      case 'showLog':
        actions.showLog();
        return OK;
      case 'newConversation':
        await session.show(null);
        return OK;
      case 'openBaseUrlSetting':
        return this.later(() => actions.openBaseUrlSetting());
      case 'acceptOverrun':
        return this.later(() => actions.allowOverrun(session.model));
      case 'runDiagnostics':
        return this.later(() => actions.runDiagnostics());
      case 'showLedger':
        return this.later(() => actions.showLedger());
    }
  }

  private async selectModel(): Promise<void> {
    const { session, useCases, actions } = this.options;
    const picked = await actions.pickModel(session.model, session.promptTokens);
    if (picked === undefined) return;
    if (session.conversation) await useCases.orchestrator.chooseModel(session.conversation, modelId(picked));
    session.chooseModel(picked);
  }

  private async telemetry(scope: 'model' | 'all'): Promise<Answer> {
    const { telemetry, clock, session, words } = this.options;
    const query: TelemetryQuery = {
      sinceMs: clock.nowMs() - TELEMETRY_MS,
      model: scope === 'model' ? session.model : null,
    };
    return { kind: 'telemetry', telemetry: telemetryView(words, await telemetry(query)) };
  }

  private describe(error: unknown): NoticeView {
    const { words } = this.options;
    return error instanceof RefusedError ? words.describeRefusal(error.refusal) : words.describeError(error);
  }
}
