import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { NeuralTerminalApi } from './api';
import { createCore } from './application/core';
import type { CoreEvent } from './domain/coreEvent';
import { Emitter } from './domain/emitter';
import { KeyedConnections } from './editor/connections';
import type { EditorContext } from './editor/editorContext';
import { OutputLog } from './editor/log';
import { refreshStore, registerEditor } from './editor/registerEditor';
import { EditorSettings } from './editor/settings/editorSettings';
import { OpenRouterProvider } from './infrastructure/openrouter/client';
import { ModelListFiles } from './infrastructure/openrouter/modelListFile';
import { peerHistories } from './infrastructure/peers/peerHistories';
import { JournaledConversationStore } from './infrastructure/store/journaledConversationStore';
import { WorkerProjection } from './infrastructure/store/workerProjection';
import { randomIds, systemClock, systemTimers } from './infrastructure/system/system';
import { WorkerTokenCounter } from './infrastructure/tokens/workerTokenCounter';

/** Set while active, because `deactivate` gets no arguments. */
let close: (() => Promise<void>) | undefined;

/** Composes and registers the extension. Nothing here reads a file, opens a database or uses the network. */
export function activate(context: vscode.ExtensionContext): NeuralTerminalApi {
  const editor = createContext(context);
  const { core, log, bus, counter } = editor;
  context.subscriptions.push(log, bus, counter);
  const api = registerEditor(editor);
  close = () => core.close();
  const refresh = (): void =>
    void refreshStore(editor).catch((error: unknown) => log.warn(`cannot read the journals: ${String(error)}`));
  // Read spending at start-up, and when the window is focused again, because another window may have spent.
  setImmediate(refresh);
  context.subscriptions.push(vscode.window.onDidChangeWindowState(({ focused }) => focused && refresh()));
  return api;
}

/** Stops running replies and stores everything that has arrived. */
export async function deactivate(): Promise<void> {
  await close?.();
}

function createContext(extension: vscode.ExtensionContext): EditorContext {
  const { extensionUri, globalStorageUri, secrets } = extension;
  const asset = (name: string): string => vscode.Uri.joinPath(extensionUri, 'dist', name).fsPath;
  const storage = (name: string): string => vscode.Uri.joinPath(globalStorageUri, name).fsPath;
  const log = new OutputLog();
  const bus = new Emitter<CoreEvent>((error) => log.error(`a listener failed: ${String(error)}`));
  const [clock, timers, ids] = [systemClock, systemTimers, randomIds];
  const settings = new EditorSettings(log);
  const connections = new KeyedConnections({ secrets, settings, environment: process.env, log });
  const directory = storage('store');
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
  const modelLists = new ModelListFiles(storage('models'));
  const shared = { store, provider, connections, settings, counter, bus, clock, timers, ids, log };
  const core = createCore({ ...shared, modelLists, random: Math.random });
  const peers = () => peerHistories({ globalStorage: storage('..'), home: homedir(), env: process.env });
  return { ...shared, extension, core, peers };
}
