import { type Refusal, RefusedError } from '../../domain/failure';
import { type ModelId, modelId } from '../../domain/ids';
import type { Clock } from '../../domain/ports/system';
import type { Telemetry, TelemetryQuery } from '../../domain/telemetry';
import type { Answer, PanelMessage, PanelRequest } from '../../protocol/messages';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import { PanelHistory, type PanelHistoryOptions } from './history';
import { type MoreExpensiveModel, PanelTurns, type PanelTurnsOptions } from './turns';
import { type NameFailure, telemetryView } from './presenter';

/** How far back the panel's telemetry looks. */
const TELEMETRY_MS = 30 * 24 * 60 * 60 * 1000;

/** What a panel asks of the editor. Every one of these asks the person where money, keys or links are concerned. */
export interface PanelActions {
  copy(text: string): Promise<void>;
  /** False: no editor to insert into. */
  insertAtCursor(text: string): Promise<boolean>;
  openInNewFile(text: string, languageId: string): Promise<void>;
  openLink(href: string): Promise<void>;
  setApiKey(): Promise<void>;
  openBudgetMenu(): Promise<void>;
  /** @param promptTokens what a message sends there; null when nothing is known. */
  pickModel(current: ModelId, promptTokens: number | null): Promise<ModelId | undefined>;
  confirmUnknownPrice(model: ModelId): Promise<boolean>;
  /** Both prices and the worst case; true: this one reply may be asked of it. */
  confirmMoreExpensiveModel(dearer: MoreExpensiveModel): Promise<boolean>;
  openBaseUrlSetting(): Promise<void>;
  /** Explains what it means that this model went beyond its worst case, and lets it send again if the person wants that. */
  allowOverrun(model: ModelId): Promise<void>;
  showLedger(): Promise<void>;
  runDiagnostics(): Promise<void>;
  showLog(): void;
  /** Says what went wrong after a dialog, where no answer is waiting any more. */
  tell(notice: NoticeView): void;
}

export interface PanelRequestsOptions extends PanelTurnsOptions, PanelHistoryOptions {
  readonly actions: PanelActions;
  readonly telemetry: (query: TelemetryQuery) => Promise<Telemetry>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly nameFailure: NameFailure;
  readonly describeRefusal: (refusal: Refusal) => NoticeView;
  /** For what should never happen; the person still gets an answer. */
  readonly describeError: (error: unknown) => NoticeView;
}

const OK: Answer = { kind: 'ok' };

/** Answers one panel's requests through the same use cases that the public API and the commands go through. */
export class PanelRequests {
  private readonly turns: PanelTurns;
  private readonly history: PanelHistory;

  constructor(private readonly options: PanelRequestsOptions) {
    this.turns = new PanelTurns(options);
    this.history = new PanelHistory(options);
  }

  /** For messages without an answer. */
  async notify(message: Exclude<PanelMessage, PanelRequest | { type: 'ready' }>): Promise<void> {
    const { session, saveDraft } = this.options;
    if (message.type === 'draftChanged') {
      saveDraft(message.text);
      session.setDraft(message.text);
    } else await session.snapshot();
  }

  /** Never throws: what goes wrong is an answer. */
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

  /** A dialog takes as long as the person does: the panel gets its answer when it opens. */
  private later(work: () => Promise<void>): Answer {
    work().catch((error: unknown) => this.options.actions.tell(this.describe(error)));
    return OK;
  }

  private async act(action: NoticeAction, entryId: string | null): Promise<Answer> {
    const { session, orchestrator, actions } = this.options;
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
          orchestrator.acceptUnknownPrice(session.conversation);
          session.quotes.changed();
        });
      case 'retry':
        return this.turns.regenerate(entryId);
      case 'continueReply':
        return this.turns.continueReply(entryId);
      case 'shorten':
        return this.turns.shorten(entryId);
      case 'switchModel':
        return this.turns.switchModel(entryId, (dearer, ask) =>
          this.later(async () => void ((await actions.confirmMoreExpensiveModel(dearer)) && (await ask()))),
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
    const { session, orchestrator, actions } = this.options;
    const picked = await actions.pickModel(session.model, session.promptTokens);
    if (picked === undefined) return;
    if (session.conversation) await orchestrator.chooseModel(session.conversation, modelId(picked));
    session.chooseModel(picked);
  }

  private async telemetry(scope: 'model' | 'all'): Promise<Answer> {
    const { telemetry, clock, session, nameFailure } = this.options;
    const query: TelemetryQuery = {
      sinceMs: clock.nowMs() - TELEMETRY_MS,
      model: scope === 'model' ? session.model : null,
    };
    return { kind: 'telemetry', telemetry: telemetryView(await telemetry(query), nameFailure) };
  }

  private describe(error: unknown): NoticeView {
    return error instanceof RefusedError
      ? this.options.describeRefusal(error.refusal)
      : this.options.describeError(error);
  }
}
