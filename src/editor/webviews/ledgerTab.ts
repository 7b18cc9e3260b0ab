import * as vscode from 'vscode';
import { LedgerRequests, type LedgerRequestsOptions } from '../../application/ledger/requests';
import type { Disposable } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import type { EventBus, CoreEvent } from '../../domain/coreEvent';
import { LEDGER_PROTOCOL_VERSION, type LedgerHostMessage, ledgerMessage } from '../../protocol/ledger';
import { LEDGER_TYPE } from '../contributions';
import { loadPage, tabIcon } from './webviewPage';

/** The page is told this often at most: a look reads the whole period, and a streaming reply meters many times a second. */
const CHANGED_EVERY_MS = 1_000;

/** What changes something that the ledger shows. */
const TELLING: ReadonlySet<CoreEvent['type']> = new Set<CoreEvent['type']>([
  'spendChanged',
  'historyChanged',
  'turnEnded',
  'settingsChanged',
]);

export interface LedgerTabParts {
  readonly extensionUri: vscode.Uri;
  readonly requests: LedgerRequestsOptions;
  readonly bus: EventBus;
  readonly log: Logger;
}

/** The ledger: one editor tab, which comes back after a reload with what it looked at. */
export class LedgerTab implements vscode.WebviewPanelSerializer, Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly requests: LedgerRequests;
  private readonly subscription: Disposable;

  constructor(private readonly parts: LedgerTabParts) {
    this.requests = new LedgerRequests(parts.requests);
    this.subscription = parts.bus.event(({ type }) => {
      if (this.panel && TELLING.has(type)) this.timer ??= setTimeout(() => this.reportChange(), CHANGED_EVERY_MS);
    });
  }

  register(): Disposable {
    return vscode.window.registerWebviewPanelSerializer(LEDGER_TYPE, this);
  }

  /** Opens the tab, or shows the one that is open. */
  show(): void {
    if (this.panel) this.panel.reveal();
    else this.adopt(vscode.window.createWebviewPanel(LEDGER_TYPE, vscode.l10n.t('Ledger'), vscode.ViewColumn.Active));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // Opened by the command before the editor got to it: one is enough.
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
      log.warn(`a message of the ledger was dropped: ${parsed.error.issues[0]?.message ?? 'unreadable'}`);
      return;
    }
    const message = parsed.data;
    if ('requestId' in message)
      this.post({ type: 'answer', requestId: message.requestId, answer: await this.requests.answer(message) });
    else if (message.version !== LEDGER_PROTOCOL_VERSION)
      log.warn(`the ledger's page speaks version ${message.version}, this is ${LEDGER_PROTOCOL_VERSION}`);
  }

  /** A hidden page is gone and looks anew when it comes back. */
  private reportChange(): void {
    this.timer = undefined;
    if (this.panel?.visible) this.post({ type: 'changed' });
  }

  private post(message: LedgerHostMessage): void {
    void this.panel?.webview.postMessage(message);
  }
}
