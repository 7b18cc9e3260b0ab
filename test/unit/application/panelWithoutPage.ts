import assert from 'node:assert/strict';
import { type PanelActions, PanelRequests, type PanelRequestsOptions } from '../../../src/application/panel/requests';
import type { MoreExpensiveModel } from '../../../src/application/panel/turns';
import { PanelSession, type PanelSessionOptions } from '../../../src/application/panel/session';
import type { PanelWords } from '../../../src/application/panel/panelWords';
import { ViewModels } from '../../../src/application/panel/viewModels';
import { modelId } from '../../../src/domain/ids';
import type { Clock, Timers } from '../../../src/domain/ports/system';
import type { AppendFile } from '../../../src/infrastructure/store/journal/files';
import { NodeJournalFiles } from '../../../src/infrastructure/store/journal/nodeFiles';
import { systemClock } from '../../../src/infrastructure/system/system';
import type { HostMessage } from '../../../src/protocol/messages';
import type { NoticeView, PanelView } from '../../../src/protocol/views';
import { type Replica, emptyReplica, reduce } from '../../../webview/app/store';
import { HandTimers } from '../../support/sharedJournals';
import type { TestCore } from '../../support/testCore';
import { tick } from './attemptFixtures';

/** Longer than one frame of the panel, shorter than its other waits. */
const FRAME_MS = 20;
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
  describeStoreTrouble: ([warning]) => notice(warning?.kind ?? ''),
  describeError: (e) => notice(String(e)),
  nameFailure: (code) => `named ${code}`,
};

/** A panel without a page. The page's own reducer takes what is posted, and time passes only by hand. */
export function aPanel(
  p: TestCore,
  options: { readonly quoting?: PanelSessionOptions['quoting']; readonly timers?: Timers; readonly clock?: Clock } = {},
) {
  const posted: HostMessage[] = [];
  let replica: Replica = emptyReplica;
  let resyncs = 0;
  const handTimers = new HandTimers();
  const unfinished = new Set<Promise<unknown>>();
  const followed = <T>(work: Promise<T>): Promise<T> => {
    unfinished.add(work);
    const done = (): unknown => unfinished.delete(work);
    work.then(done, done);
    return work;
  };
  const clock = options.clock ?? systemClock;
  const sessionOptions: PanelSessionOptions = {
    views: new ViewModels({
      conversations: p.conversations,
      catalogue: p.catalogue,
      ledger: p.ledger,
      settings: p.settings,
      connections: p.connections,
      words: codeWords,
      circuits: p.circuits,
      clock: systemClock,
      theme: () => 'auto',
    }),
    conversations: p.conversations,
    settings: p.settings,
    bus: p.bus,
    timers: options.timers ?? handTimers,
    quoting: options.quoting ?? { quote: (input) => followed(p.orchestrator.quote(input)), timers: handTimers },
    warmUp: () => undefined,
    post: (message) => {
      posted.push(message);
      if (message.type !== 'snapshot' && message.type !== 'patch') return;
      const reduction = reduce(replica, message);
      replica = reduction.replica;
      if (reduction.resync) resyncs += 1;
    },
  };
  const session = new PanelSession(sessionOptions);
  // The session also makes snapshots on its own.
  const snapshot = session.snapshot.bind(session);
  session.snapshot = () => followed(snapshot());
  const actions = new RecordedActions();
  const requestOptions: PanelRequestsOptions = {
    session,
    useCases: p,
    settings: p.settings,
    clock,
    telemetry: p.store.telemetry.bind(p.store),
    words: codeWords,
    actions,
    saveDraft: (text) => actions.calls.push(`draft ${text}`),
  };
  const requests = new PanelRequests(requestOptions);
  const frame = (): void => handTimers.pass(FRAME_MS);
  /** What the page shows after the next frame. */
  const view = (): PanelView => {
    frame();
    return replica.view ?? assert.fail('no snapshot yet');
  };
  const fresh = async (): Promise<PanelView> => {
    await session.snapshot();
    const last = posted.findLast((m) => m.type === 'snapshot');
    return last?.type === 'snapshot' ? last.view : assert.fail('no snapshot');
  };
  const isRunning = (): boolean => session.conversation !== null && p.orchestrator.isRunning(session.conversation);
  /** Waits for the end of the running reply and of all work for the page, and lets time pass until nothing is due. */
  const settled = async (): Promise<void> => {
    do {
      await tick();
      if (!isRunning() && unfinished.size === 0) handTimers.pass(handTimers.waits.at(-1) ?? 0);
    } while (isRunning() || unfinished.size > 0 || handTimers.waits.length > 0);
  };
  return {
    session,
    sessionOptions,
    requests,
    requestOptions,
    actions,
    posted,
    view,
    frame,
    fresh,
    settled,
    resyncs: () => resyncs,
  };
}

/** The real folder on a disk that rejects writes while it is full. */
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
