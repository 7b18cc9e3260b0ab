import assert from 'node:assert/strict';
import { type PanelActions, PanelRequests } from '../../../src/application/panel/requests';
import type { MoreExpensiveModel } from '../../../src/application/panel/turns';
import { PanelSession, type PanelSessionOptions } from '../../../src/application/panel/session';
import type { PanelWords } from '../../../src/application/panel/panelWords';
import { ViewModels } from '../../../src/application/panel/viewModels';
import { modelId } from '../../../src/domain/ids';
import type { Clock, Timers } from '../../../src/domain/ports/system';
import type { AppendFile } from '../../../src/infrastructure/store/journal/files';
import { NodeJournalFiles } from '../../../src/infrastructure/store/journal/nodeFiles';
import { systemClock } from '../../../src/infrastructure/system/systemClock';
import { systemTimers } from '../../../src/infrastructure/system/systemTimers';
import type { HostMessage } from '../../../src/protocol/messages';
import type { NoticeView, PanelView } from '../../../src/protocol/views';
import { type Replica, emptyReplica, reduce } from '../../../webview/store';
import type { Product } from '../../support/testCore';
import { panelWords } from '../../support/words';

export const notice = (code: string): NoticeView => ({
  code,
  severity: 'error',
  title: code,
  detail: '',
  waitUntilMs: null,
  actions: [],
});

export class RecordedActions implements PanelActions {
  readonly calls: string[] = [];
  pick: string | undefined;
  hasEditor = true;
  async copy(text: string) {
    this.calls.push(`copy ${text}`);
  }
  async insertAtCursor(text: string) {
    this.calls.push(`insert ${text}`);
    return this.hasEditor;
  }
  async openInNewFile(text: string, languageId: string) {
    this.calls.push(`new ${languageId} ${text}`);
  }
  async openLink(href: string) {
    this.calls.push(`link ${href}`);
  }
  async setApiKey() {
    this.calls.push('key');
  }
  async openBudgetMenu() {
    this.calls.push('budget');
  }
  async pickModel() {
    return this.pick === undefined ? undefined : modelId(this.pick);
  }
  async confirmUnknownPrice() {
    return true;
  }
  consents = true;
  async confirmMoreExpensiveModel({ model, listed, insteadOf, insteadOfListed, worstCaseNanoUsd }: MoreExpensiveModel) {
    const [price, usual] = [panelWords.price(listed), panelWords.price(insteadOfListed)];
    this.calls.push(`more expensive ${model} ${price} than ${insteadOf} ${usual} at most ${worstCaseNanoUsd}`);
    return this.consents;
  }
  async openBaseUrlSetting() {
    this.calls.push('baseUrl');
  }
  notify(n: NoticeView) {
    this.calls.push(`notify ${n.code}`);
  }
  async allowOverrun(model: string) {
    this.calls.push(`allow ${model}`);
  }
  async showLedger() {
    this.calls.push('ledger');
  }
  async runDiagnostics() {
    this.calls.push('diagnostics');
  }
  showLog() {
    this.calls.push('log');
  }
}

/** English words, with codes in place of sentences. */
export const codeWords: PanelWords = {
  ...panelWords,
  describeFailure: (f) => notice(f.code),
  describeAttempt: ({ model, failure }, next) => `${model} ${failure.code} ${next}`,
  describeRetry: ({ retryOf, model }) => (retryOf ? `${retryOf.failure.code} ${model}` : undefined),
  describeRefusal: (r) => notice(r.code),
  describeStoreTrouble: notice,
  describeError: (e) => notice(String(e)),
  nameFailure: (code) => `named ${code}`,
};

/** A panel without a page: what is posted goes through the page's own reducer. */
export function aPanel(
  p: Product,
  quoting: PanelSessionOptions['quoting'] = { quote: (input) => p.orchestrator.quote(input), timers: systemTimers },
  timers: Timers = systemTimers,
  clock: Clock = systemClock,
) {
  const posted: HostMessage[] = [];
  const times: number[] = [];
  let replica: Replica = emptyReplica;
  let resyncs = 0;
  const session = new PanelSession({
    views: new ViewModels({
      conversations: p.conversations,
      catalogue: p.catalogue,
      ledger: p.ledger,
      settings: p.settings,
      connections: p.connections,
      words: codeWords,
      circuits: p.circuits,
      clock: systemClock,
      isOpenRouter: () => true,
      exposure: () => 'auto',
    }),
    conversations: p.conversations,
    settings: p.settings,
    bus: p.bus,
    timers,
    quoting,
    warmUp: () => undefined,
    post: (message) => {
      posted.push(message);
      times.push(performance.now());
      if (message.type !== 'snapshot' && message.type !== 'patch') return;
      const reduction = reduce(replica, message);
      replica = reduction.replica;
      if (reduction.resync) resyncs += 1;
    },
  });
  const actions = new RecordedActions();
  const requests = new PanelRequests({
    session,
    useCases: p,
    settings: p.settings,
    clock,
    telemetry: p.store.telemetry.bind(p.store),
    words: codeWords,
    actions,
    saveDraft: (text) => actions.calls.push(`draft ${text}`),
  });
  const view = (): PanelView => replica.view ?? assert.fail('no snapshot yet');
  const fresh = async (): Promise<PanelView> => {
    await session.snapshot();
    const last = posted.findLast((m) => m.type === 'snapshot');
    return last?.type === 'snapshot' ? last.view : assert.fail('no snapshot');
  };
  /** Until nothing streams and nothing has been posted for some frames: on a busy machine that takes its time. */
  const quiet = async (): Promise<void> => {
    let seen = -1;
    while (
      seen !== posted.length ||
      (session.conversation !== null && p.orchestrator.isRunning(session.conversation))
    ) {
      seen = posted.length;
      await tick(80);
    }
  };
  return { session, requests, actions, posted, times, view, fresh, quiet, resyncs: () => resyncs };
}

/** The real folder, with a disk that takes no byte while it is full. */
export class FillingDisk extends NodeJournalFiles {
  constructor(
    directory: string,
    private readonly isFull: () => boolean,
  ) {
    super(directory);
  }
  override async create(name: string): Promise<AppendFile> {
    const file = await super.create(name);
    const write = file.write.bind(file);
    file.write = (bytes, position) =>
      this.isFull() ? Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })) : write(bytes, position);
    return file;
  }
}

export const tick = (ms = 40) => new Promise((resolve) => setTimeout(resolve, ms));
