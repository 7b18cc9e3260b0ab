import type * as vscode from 'vscode';
import { PanelRequests, type PanelRequestsOptions } from '../../application/panel/requests';
import { PanelSession, type PanelSessionOptions } from '../../application/panel/session';
import type { Disposable } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import { type HostMessage, PROTOCOL_VERSION, panelMessage } from '../../protocol/messages';
import type { DraftFile } from './draftFile';
import { loadPage } from './webviewPage';

/** Shared by all panels. */
export interface PanelDependencies {
  readonly extensionUri: vscode.Uri;
  readonly session: Omit<PanelSessionOptions, 'post'>;
  readonly requests: Omit<PanelRequestsOptions, 'session' | 'saveDraft'>;
  readonly log: Logger;
}

/** Common part of a sidebar view and an editor tab. */
interface WebviewHost {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
}

/** Connects one webview with its session. Messages from the page are validated; invalid ones are logged and dropped. */
export class PanelHost implements Disposable {
  readonly session: PanelSession;
  private readonly requests: PanelRequests;
  private readonly subscriptions: Disposable[] = [];

  constructor(
    private readonly view: WebviewHost,
    private readonly parts: PanelDependencies,
    /** Only for the sidebar; a tab's page keeps its own draft. */
    private readonly draft: DraftFile | undefined,
    /** Called when the user does something in this panel. */
    private readonly onUsed: () => void,
  ) {
    this.session = new PanelSession({ ...parts.session, post: (message) => this.post(message) });
    this.requests = new PanelRequests({
      ...parts.requests,
      session: this.session,
      saveDraft: (text) => this.draft?.save(text),
    });
    const { webview } = view;
    this.subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => void this.receive(message)),
      this.session,
    );
    loadPage(webview, parts.extensionUri, { root: 'nt-app', script: 'panel.js' });
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  post(message: HostMessage): void {
    void this.view.webview.postMessage(message);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async receive(raw: unknown): Promise<void> {
    const parsed = panelMessage.safeParse(raw);
    if (!parsed.success) {
      this.parts.log.warn(
        `dropped an invalid message from a panel: ${parsed.error.issues[0]?.message ?? 'unreadable'}`,
      );
      return;
    }
    const message = parsed.data;
    if ('requestId' in message) {
      this.onUsed();
      this.post({ type: 'answer', requestId: message.requestId, answer: await this.requests.answer(message) });
      return;
    }
    if (message.type === 'ready') await this.onReady(message.version);
    else await this.requests.notify(message);
  }

  private async onReady(version: number): Promise<void> {
    if (version !== PROTOCOL_VERSION)
      this.parts.log.warn(`the panel uses protocol version ${version} instead of ${PROTOCOL_VERSION}`);
    await this.session.ready(this.view.visible);
    const draft = await this.draft?.read();
    if (draft !== undefined) this.post({ type: 'draft', text: draft });
  }
}
