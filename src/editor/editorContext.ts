import type * as vscode from 'vscode';
import type { Core } from '../application/core';
import type { EventBus } from '../domain/coreEvent';
import type { Disposable } from '../domain/emitter';
import type { PeerHistory } from '../domain/incoming';
import type { ChatProvider } from '../domain/ports/provider';
import type { ConversationStore } from '../domain/ports/store';
import type { Clock, IdSource, Timers, TokenCounter } from '../domain/ports/system';
import type { KeyedConnections } from './connections';
import type { OutputLog } from './log';
import type { EditorSettings } from './settings/editorSettings';

/** What the editor's parts are built from: the core, its adapters, and the extension's context. */
export interface EditorContext {
  readonly extension: vscode.ExtensionContext;
  readonly core: Core;
  readonly store: ConversationStore;
  readonly provider: Pick<ChatProvider, 'checkKey'>;
  readonly counter: TokenCounter & Disposable;
  readonly settings: EditorSettings;
  readonly connections: KeyedConnections;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  readonly log: OutputLog;
  /** Histories of other extensions on this machine. */
  readonly peers: () => readonly PeerHistory[];
}
