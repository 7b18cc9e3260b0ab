import * as vscode from 'vscode';
import { LedgerRequests, type LedgerRequestsOptions } from '../../application/ledger/requests';
import type { Disposable } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import type { EventBus, CoreEvent } from '../../domain/coreEvent';
import { LEDGER_PROTOCOL_VERSION, type LedgerHostMessage, ledgerMessage } from '../../protocol/ledger';
import { LEDGER_TYPE } from '../contributions';
import { ledgerTitle } from '../words/viewText';
import { loadPage, tabIcon } from './webviewPage';

/** Minimum time between change notifications: a refresh reads the whole period, and a streaming reply changes spending many times a second. */
const CHANGED_EVERY_MS = 1_000;

/** Events that change what the ledger shows. */
const RELEVANT_EVENTS: ReadonlySet<CoreEvent['type']> = new Set<CoreEvent['type']>([
  'spendChanged',
  'historyChanged',
  'turnEnded',
  'settingsChanged',
]);

export interface LedgerTabOptions {
  readonly extensionUri: vscode.Uri;
  readonly requests: LedgerRequestsOptions;
  readonly bus: EventBus;
  readonly log: Logger;
}

/** The ledger's editor tab. There is at most one; it is restored after a reload. */
export class LedgerTab implements vscode.WebviewPanelSerializer, Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly requests: LedgerRequests;
  private readonly subscription: Disposable;

  constructor(private readonly parts: LedgerTabOptions) {
    this.requests = new LedgerRequests(parts.requests);
    this.subscription = parts.bus.event(({ type }) => {
      if (this.panel && RELEVANT_EVENTS.has(type))
        this.timer ??= setTimeout(() => this.reportChange(), CHANGED_EVERY_MS);
    });
  }

  register(): Disposable {
    return vscode.window.registerWebviewPanelSerializer(LEDGER_TYPE, this);
  }

  /** Opens the tab, or shows the one that is open. */
  show(): void {
    if (this.panel) this.panel.reveal();
    else this.adopt(vscode.window.createWebviewPanel(LEDGER_TYPE, ledgerTitle(), vscode.ViewColumn.Active));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // The command may have opened the tab before the editor restores it.
    if (this.panel) panel.dispose();
    else this.adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.subscription.dispose();
    clearTimeout(this.timer);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = tabIcon(this.parts.extensionUri);
    const messages = panel.webview.onDidReceiveMessage((message: unknown) => void this.receive(message));
    panel.onDidDispose(() => {
      messages.dispose();
      if (this.panel === panel) this.panel = undefined;
    });
    loadPage(panel.webview, this.parts.extensionUri, { root: 'nt-ledger', script: 'ledger.js' });
  }

  private async receive(raw: unknown): Promise<void> {
    const { log } = this.parts;
    const parsed = ledgerMessage.safeParse(raw);
    if (!parsed.success) {
      log.warn(`dropped an invalid message from the ledger: ${parsed.error.issues[0]?.message ?? 'unreadable'}`);
      return;
    }
    const message = parsed.data;
    if ('requestId' in message)
      this.post({ type: 'answer', requestId: message.requestId, answer: await this.requests.answer(message) });
    else if (message.version !== LEDGER_PROTOCOL_VERSION)
      log.warn(`the ledger uses protocol version ${message.version} instead of ${LEDGER_PROTOCOL_VERSION}`);
  }

  /** A hidden page is discarded and asks again when it is visible. */
  private reportChange(): void {
    this.timer = undefined;
    if (this.panel?.visible) this.post({ type: 'changed' });
  }

  private post(message: LedgerHostMessage): void {
    void this.panel?.webview.postMessage(message);
  }
}
