import assert from 'node:assert/strict';
import { type PanelActions, PanelRequests } from '../../../src/application/panel/requests';
import type { MoreExpensiveModel } from '../../../src/application/panel/turns';
import { PanelSession, type PanelSessionOptions } from '../../../src/application/panel/session';
import { modelId } from '../../../src/domain/ids';
import type { Clock, Timers } from '../../../src/domain/ports/system';
import { parseSearch } from '../../../src/domain/searchParser';
import type { AppendFile } from '../../../src/infrastructure/store/journal/files';
import { NodeJournalFiles } from '../../../src/infrastructure/store/journal/nodeFiles';
import { systemClock, systemTimers } from '../../../src/infrastructure/system/system';
import type { HostMessage } from '../../../src/protocol/messages';
import type { NoticeView, PanelView } from '../../../src/protocol/views';
import { type Replica, emptyReplica, reduce } from '../../../webview/store';
import type { TestCore } from '../../support/testCore';

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
  async confirmMoreExpensiveModel({
    model,
    priceText,
    insteadOf,
    insteadOfPriceText,
    worstCaseNanoUsd,
  }: MoreExpensiveModel) {
    this.calls.push(`dearer ${model} ${priceText} than ${insteadOf} ${insteadOfPriceText} at most ${worstCaseNanoUsd}`);
    return this.consents;
  }
  async openBaseUrlSetting() {
    this.calls.push('baseUrl');
  }
  tell(n: NoticeView) {
    this.calls.push(`tell ${n.code}`);
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

/** A panel without a page: what is posted goes through the page's own reducer. */
export function aPanel(
  p: TestCore,
  quoting: PanelSessionOptions['quoting'] = { quote: (input) => p.orchestrator.quote(input), timers: systemTimers },
  timers: Timers = systemTimers,
  clock: Clock = systemClock,
) {
  const posted: HostMessage[] = [];
  const times: number[] = [];
  let replica: Replica = emptyReplica;
  let resyncs = 0;
  const session = new PanelSession({
    conversations: p.conversations,
    catalogue: p.catalogue,
    ledger: p.ledger,
    settings: p.settings,
    connections: p.connections,
    bus: p.bus,
    describeFailure: (f) => notice(f.code),
    describeAttempt: ({ model, failure }, next) => `${model} ${failure.code} ${next}`,
    describeRetry: ({ retryOf, model }) => (retryOf ? `${retryOf.failure.code} ${model}` : undefined),
    describeRefusal: (r) => notice(r.code),
    timers,
    describeStoreTrouble: ([warning]) => notice(warning?.kind ?? ''),
    quoting,
    circuits: p.circuits,
    clock: systemClock,
    warmUp: () => undefined,
    exposure: () => 'auto',
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
    orchestrator: p.orchestrator,
    conversations: p.conversations,
    catalogue: p.catalogue,
    settings: p.settings,
    clock,
    telemetry: p.store.telemetry.bind(p.store),
    nameFailure: (code) => `named ${code}`,
    filing: p.filing,
    branches: p.branches,
    parseSearch,
    actions,
    saveDraft: (text) => actions.calls.push(`draft ${text}`),
    describeRefusal: (r) => notice(r.code),
    describeError: (e) => notice(String(e)),
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
