import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { NeuralTerminalApi } from './api';
import { Branches } from './application/branches';
import { ConversationFiling } from './application/conversationFiling';
import { Conversations } from './application/conversations';
import { Exchange } from './application/exchange/exchange';
import { ModelCatalogue } from './application/modelCatalogue';
import { Orchestrator } from './application/orchestrator';
import { SpendLedger } from './application/spendLedger';
import { TurnPlanner } from './application/turnPlanner';
import { TurnRunner } from './application/turnRunner';
import { Emitter } from './domain/emitter';
import type { ProductEvent } from './domain/productEvent';
import { parseSearch } from './domain/searchParser';
import { showBudgetMenu } from './editor/budgetMenu';
import { ChatViews } from './editor/chatViews';
import { registerCommands } from './editor/commands';
import { KeyedConnections } from './editor/connections';
import { CONFIGURATION_SECTION } from './editor/contributions';
import { DraftMemory } from './editor/draftMemory';
import { describeError, describeFailure, describeLedgerTrouble, describeRefusal, describeStoreTrouble } from './editor/failureText';
import { KeyCommands } from './editor/keyCommands';
import { EditorLedgerActions } from './editor/ledgerActions';
import { LedgerTab } from './editor/ledgerTab';
import { OutputLog } from './editor/log';
import { EditorPanelActions } from './editor/panelActions';
import { createPublicApi } from './editor/publicApi';
import { EditorSettings, isOpenRouter } from './editor/settings';
import { StatusBarMeter } from './editor/statusBarMeter';
import { OpenRouterProvider } from './infrastructure/openrouter/client';
import { peerHistories } from './infrastructure/peers/peerHistories';
import { JournaledConversationStore } from './infrastructure/store/journaledConversationStore';
import { WorkerView } from './infrastructure/store/workerView';
import { randomIds } from './infrastructure/system/randomIds';
import { systemClock } from './infrastructure/system/systemClock';
import { WorkerTokenCounter } from './infrastructure/tokens/workerTokenCounter';

/** Set while active, for `deactivate`, which gets no arguments. */
let flush: (() => Promise<void>) | undefined;

/** Builds the graph and registers it. Nothing here reads a file, opens a database or asks the network. */
export function activate(context: vscode.ExtensionContext): NeuralTerminalApi {
  const { subscriptions, extensionUri, workspaceState, secrets } = context;
  const asset = (name: string): string => vscode.Uri.joinPath(extensionUri, 'dist', name).fsPath;
  const log = new OutputLog();
  const bus = new Emitter<ProductEvent>((error) => log.error(`a listener failed: ${String(error)}`));
  const clock = systemClock;
  const ids = randomIds;
  const settings = new EditorSettings();
  const connections = new KeyedConnections(secrets, settings, process.env);

  const directory = vscode.Uri.joinPath(context.globalStorageUri, 'store').fsPath;
  const view = new WorkerView({ workerPath: asset('storeWorker.js'), wasmPath: asset('sql-wasm.wasm'), directory, log });
  const store = new JournaledConversationStore({ directory, view, ids, clock, log });
  const provider = new OpenRouterProvider({
    connections,
    clock,
    timeouts: () => ({ idleMs: settings.idleTimeoutMs, totalMs: settings.totalTimeoutMs }),
    isOpenRouter,
  });
  const counter = new WorkerTokenCounter(asset('tokenWorker.js'), log);

  const conversations = new Conversations(store, bus);
  const ledger = new SpendLedger(store, settings, clock, bus);
  const catalogue = new ModelCatalogue(provider, connections, clock, bus);
  const planner = new TurnPlanner(catalogue, counter, connections, settings);
  const runner = new TurnRunner({ provider, conversations, ledger, bus, clock, log });
  const orchestrator = new Orchestrator({ conversations, planner, runner, ledger, settings, clock, ids, bus });
  const branches = new Branches({ conversations, clock, ids });
  const filing = new ConversationFiling({ conversations, clock, isBusy: (id) => orchestrator.isBusy(id) });
  const exchange = new Exchange({ store, settings, onImported: (imported) => conversations.changedElsewhere(imported) });

  const keys = new KeyCommands(connections, provider, bus);
  const actions = new EditorPanelActions({ catalogue, keys, log, openBudgetMenu: () => showBudgetMenu(ledger, settings) });
  const warmUp = (): void => {
    const jobs = [conversations.list({ limit: 1 }), catalogue.list(), counter.count([' '], settings.current().defaultModel)];
    void Promise.all(jobs).catch((error: unknown) => log.warn(`warming up failed: ${String(error)}`));
  };
  const views = new ChatViews(
    {
      extensionUri,
      session: { conversations, catalogue, ledger, settings, connections, bus, describeFailure, describeStoreTrouble, isOpenRouter, warmUp, exposure: () => settings.exposure },
      requests: { orchestrator, conversations, filing, branches, parseSearch, actions, describeRefusal, describeError },
      log,
    },
    workspaceState,
    new DraftMemory(vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'draft.txt').fsPath, log),
  );
  const ledgerActions = new EditorLedgerActions(views);
  const settleByPerson = (): Promise<void> => Promise.reject(new Error('not built yet'));
  const ledgerRequests = { store, conversations, branches, ledger, settings, exposure: () => settings.exposure, settleByPerson, actions: ledgerActions, describeRefusal, describeTrouble: describeLedgerTrouble };
  const ledgerTab = new LedgerTab({ extensionUri, requests: ledgerRequests, bus, log });
  const exchangeServices = {
    exchange,
    peers: () => peerHistories({ globalStorage: vscode.Uri.joinPath(context.globalStorageUri, '..').fsPath, home: homedir(), env: process.env }),
    list: () => conversations.list(),
    current: () => views.existing?.session.conversation ?? null,
  };
  const lookAround = async (): Promise<void> => {
    await ledger.refresh();
    await conversations.checkStore();
  };
  const diagnostics = {
    store,
    extensionVersion: String(context.extension.packageJSON.version),
    onRepaired: async () => {
      await lookAround();
      bus.fire({ type: 'historyChanged' });
    },
  };
  const { api, dispose } = createPublicApi({ orchestrator, conversations, branches, exchange, catalogue, ledger, bus });

  subscriptions.push(
    log,
    bus,
    counter,
    conversations,
    ledger,
    views,
    views.register(),
    ledgerTab,
    ledgerTab.register(),
    new StatusBarMeter(ledger, settings, bus),
    registerCommands({ views, ledgerTab, orchestrator, conversations, filing, branches, exchange: exchangeServices, diagnostics, catalogue, ledger, settings, keys, ids, log }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(CONFIGURATION_SECTION)) bus.fire({ type: 'settingsChanged' });
    }),
    secrets.onDidChange(() => bus.fire({ type: 'settingsChanged' })),
    { dispose },
  );
  flush = async () => {
    await orchestrator.stopAll();
    await conversations.flush();
    await store.close();
  };
  const lookAroundNow = (): void => void lookAround().catch((error: unknown) => log.warn(`the journals could not be read: ${String(error)}`));
  // The meter is right from start-up on, and again when the person comes back from another window that has spent.
  setImmediate(lookAroundNow);
  subscriptions.push(vscode.window.onDidChangeWindowState(({ focused }) => focused && lookAroundNow()));
  return api;
}

/** The window closes: running replies are stopped and everything that arrived is on disk. */
export async function deactivate(): Promise<void> {
  await flush?.();
}
