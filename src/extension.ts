import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { NeuralTerminalApi } from './api';
import { createCore } from './application/core';
import { Emitter } from './domain/emitter';
import type { ModelId } from './domain/ids';
import type { CoreEvent } from './domain/coreEvent';
import { parseSearch } from './domain/searchParser';
import { describeAttempt, describeRetry, nameFailure } from './editor/words/attemptText';
import { confirmOverrun, askLimit, showBudgetMenu } from './editor/commands/budgetMenu';
import { BudgetNotifier } from './editor/budgetNotifier';
import { ChatViews } from './editor/webviews/chatViews';
import { registerCommands } from './editor/commands/commands';
import { KeyedConnections } from './editor/connections';
import { CONFIGURATION_SECTION } from './editor/contributions';
import { DraftFile } from './editor/webviews/draftFile';
import {
  describeError,
  describeFailure,
  describeLedgerTrouble,
  describeRefusal,
  describeStoreTrouble,
} from './editor/words/failureText';
import { FavouriteModels } from './editor/favouriteModels';
import { KeyCommands } from './editor/commands/keyCommands';
import { EditorLedgerActions } from './editor/webviews/ledgerActions';
import { LedgerTab } from './editor/webviews/ledgerTab';
import { OutputLog } from './editor/log';
import { EditorPanelActions } from './editor/webviews/panelActions';
import { createPublicApi } from './editor/publicApi';
import { EditorSettings } from './editor/settings';
import { StatusBarMeter } from './editor/statusBarMeter';
import { OpenRouterProvider } from './infrastructure/openrouter/client';
import { ModelListFiles } from './infrastructure/openrouter/modelListFile';
import { peerHistories } from './infrastructure/peers/peerHistories';
import { JournaledConversationStore } from './infrastructure/store/journaledConversationStore';
import { WorkerProjection } from './infrastructure/store/workerProjection';
import { randomIds, systemClock, systemTimers } from './infrastructure/system/system';
import { WorkerTokenCounter } from './infrastructure/tokens/workerTokenCounter';

/** Set while active, for `deactivate`, which gets no arguments. */
let flush: (() => Promise<void>) | undefined;

/** Builds the graph and registers it. Nothing here reads a file, opens a database or asks the network. */
export function activate(context: vscode.ExtensionContext): NeuralTerminalApi {
  const { subscriptions, extensionUri, workspaceState, secrets } = context;
  const asset = (name: string): string => vscode.Uri.joinPath(extensionUri, 'dist', name).fsPath;
  const log = new OutputLog();
  const bus = new Emitter<CoreEvent>((error) => log.error(`a listener failed: ${String(error)}`));
  const clock = systemClock;
  const settings = new EditorSettings();
  const connections = new KeyedConnections(secrets, settings, process.env);

  const directory = vscode.Uri.joinPath(context.globalStorageUri, 'store').fsPath;
  const projection = new WorkerProjection({
    workerPath: asset('storeWorker.js'),
    wasmPath: asset('sql-wasm.wasm'),
    directory,
    log,
  });
  const store = new JournaledConversationStore({ directory, projection, clock, log });
  const provider = new OpenRouterProvider({
    connections,
    clock,
    timeouts: () => ({ idleMs: settings.idleTimeoutMs, totalMs: settings.totalTimeoutMs }),
  });
  const counter = new WorkerTokenCounter(asset('tokenWorker.js'), log);

  const modelLists = new ModelListFiles(vscode.Uri.joinPath(context.globalStorageUri, 'models').fsPath);
  const core = createCore({
    store,
    provider,
    connections,
    settings,
    counter,
    modelLists,
    bus,
    clock,
    timers: systemTimers,
    ids: randomIds,
    random: Math.random,
    log,
  });
  const { conversations, ledger, catalogue, orchestrator, branches, filing, exchange } = core;

  const keys = new KeyCommands(connections, provider, bus);
  const models = {
    catalogue,
    favourites: new FavouriteModels(context.globalState),
    records: () => store.modelRecords(),
    clock,
    bus,
  };
  const allowOverrun = (model: ModelId): Promise<void> => confirmOverrun(model, () => ledger.acceptOverrun(model));
  const budget = { ledger, settings, overruns: () => ledger.book.overruns().map(({ model }) => model), allowOverrun };
  const actions = new EditorPanelActions({
    models,
    keys,
    log,
    openBudgetMenu: () => showBudgetMenu(budget),
    allowOverrun,
  });
  const warmUp = (): void => {
    const jobs = [
      conversations.list({ limit: 1 }),
      catalogue.list(),
      counter.count([' '], settings.current().defaultModel),
    ];
    void Promise.all(jobs).catch((error: unknown) => log.warn(`warming up failed: ${String(error)}`));
  };
  const views = new ChatViews(
    {
      extensionUri,
      session: {
        conversations,
        catalogue,
        ledger,
        circuits: core.circuits,
        settings,
        connections,
        clock,
        bus,
        describeFailure,
        describeAttempt,
        describeRetry,
        describeRefusal,
        describeStoreTrouble,
        warmUp,
        exposure: () => settings.exposure,
        timers: systemTimers,
        quoting: { quote: (input) => orchestrator.quote(input), timers: systemTimers },
      },
      requests: {
        orchestrator,
        conversations,
        catalogue,
        settings,
        filing,
        branches,
        parseSearch,
        actions,
        clock,
        telemetry: store.telemetry.bind(store),
        nameFailure,
        describeRefusal,
        describeError,
      },
      log,
    },
    workspaceState,
    new DraftFile(vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'draft.txt').fsPath, log),
  );
  const current = () => views.existing?.session.conversation ?? null;
  const ledgerActions = new EditorLedgerActions(views);
  const ledgerRequests = {
    store,
    conversations,
    branches,
    ledger,
    settings,
    exposure: () => settings.exposure,
    settleByUser: ledger.settleByUser.bind(ledger),
    actions: ledgerActions,
    describeRefusal,
    describeTrouble: describeLedgerTrouble,
  };
  const ledgerTab = new LedgerTab({ extensionUri, requests: ledgerRequests, bus, log });
  const exchangeServices = {
    exchange,
    peers: () =>
      peerHistories({
        globalStorage: vscode.Uri.joinPath(context.globalStorageUri, '..').fsPath,
        home: homedir(),
        env: process.env,
      }),
    list: () => conversations.list(),
    current,
  };
  const refreshAll = async (): Promise<void> => {
    await ledger.refresh();
    core.bills.start();
    void core.keyWatch.refresh();
    await conversations.checkStore();
  };
  const diagnostics = {
    store,
    extensionVersion: String(context.extension.packageJSON.version),
    onRepaired: async () => {
      await refreshAll();
      bus.fire({ type: 'historyChanged' });
    },
  };
  const { api, dispose } = createPublicApi({ orchestrator, conversations, branches, exchange, catalogue, ledger, bus });

  subscriptions.push(
    log,
    bus,
    counter,
    views,
    views.register(),
    ledgerTab,
    ledgerTab.register(),
    new StatusBarMeter({
      ledger,
      settings,
      clock,
      bus,
      conversations,
      current,
      onDidChangeConversation: views.onDidChangeCurrent,
    }),
    new BudgetNotifier({
      ledger,
      settings,
      bus,
      memento: context.globalState,
      raiseLimit: (limit) => askLimit(settings, limit),
      allowOverrun,
    }),
    registerCommands({
      views,
      ledgerTab,
      orchestrator,
      conversations,
      filing,
      branches,
      exchange: exchangeServices,
      diagnostics,
      models,
      budget,
      settings,
      keys,
      ids: randomIds,
      log,
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(CONFIGURATION_SECTION)) bus.fire({ type: 'settingsChanged' });
    }),
    secrets.onDidChange(() => bus.fire({ type: 'settingsChanged' })),
    { dispose },
  );
  flush = () => core.close();
  const refreshAllNow = (): void =>
    void refreshAll().catch((error: unknown) => log.warn(`the journals could not be read: ${String(error)}`));
  // The meter is right from start-up on, and again when the person comes back from another window that has spent.
  setImmediate(refreshAllNow);
  subscriptions.push(vscode.window.onDidChangeWindowState(({ focused }) => focused && refreshAllNow()));
  return api;
}

/** The window closes: running replies are stopped and everything that arrived is on disk. */
export async function deactivate(): Promise<void> {
  await flush?.();
}
