import * as vscode from 'vscode';
import { type Disposable, Emitter } from '../../domain/emitter';
import { type ConversationId, conversationId } from '../../domain/ids';
import { CONVERSATION_PLACE, TAB_TYPE, VIEW_ID } from '../contributions';
import type { DraftFile } from './draftFile';
import { PanelHost, type PanelDependencies } from './panelHost';
import { PRODUCT } from '../words/viewText';
import { tabIcon } from './webviewPage';

const LAST_CONVERSATION = 'lastConversation';

/** The sidebar view and the editor tabs. Commands act on the panel used last. */
export class ChatViews implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, Disposable {
  private readonly hosts = new Set<PanelHost>();
  private sidebar: PanelHost | undefined;
  private lastUsed: PanelHost | undefined;
  /** Location of the conversation that commands act on, for `when` clauses. */
  private conversationPlace: 'none' | 'sidebar' | 'tab' = 'none';
  private readonly resolved = new Emitter<PanelHost>();
  private readonly changedCurrent = new Emitter<void>();
  /** Fires when the panel or conversation that commands act on may have changed. */
  readonly onDidChangeCurrent = this.changedCurrent.event;

  constructor(
    private readonly parts: PanelDependencies,
    /** Per window, because two windows may show different conversations. */
    private readonly memento: vscode.Memento,
    private readonly draft: DraftFile,
  ) {}

  register(): Disposable {
    return vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider(VIEW_ID, this, { webviewOptions: { retainContextWhenHidden: false } }),
      vscode.window.registerWebviewPanelSerializer(TAB_TYPE, this),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const host = this.adopt(view, view.onDidDispose, this.draft);
    view.onDidChangeVisibility(() => host.session.setVisible(view.visible));
    this.sidebar = host;
    const last = this.memento.get<string>(LAST_CONVERSATION);
    void host.session.show(last === undefined ? null : conversationId(last)).catch(() => host.session.show(null));
    host.session.onDidShowConversation((id) => void this.memento.update(LAST_CONVERSATION, id ?? undefined));
    this.resolved.fire(host);
  }

  /** Restores a tab with its conversation. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const id =
      typeof state === 'object' && state !== null && 'conversationId' in state ? state.conversationId : undefined;
    const { session } = this.adoptTab(panel);
    await session.show(typeof id === 'string' ? conversationId(id) : null);
  }

  /** The panel used last, else the sidebar, which is opened if necessary. */
  async current(): Promise<PanelHost> {
    return this.lastUsed ?? (await this.openSidebar());
  }

  /** The panel used last if it is visible, else the sidebar. */
  async inSight(): Promise<PanelHost> {
    return this.lastUsed?.isVisible ? this.lastUsed : this.openSidebar();
  }

  /** The panel used last or the sidebar, without opening one. */
  get existing(): PanelHost | undefined {
    return this.lastUsed ?? this.sidebar;
  }

  async focus(): Promise<PanelHost> {
    const host = await this.openSidebar();
    host.post({ type: 'focusComposer' });
    return host;
  }

  async openTab(id: ConversationId | null): Promise<void> {
    const panel = vscode.window.createWebviewPanel(TAB_TYPE, PRODUCT, vscode.ViewColumn.Active);
    await this.adoptTab(panel).session.show(id);
  }

  dispose(): void {
    for (const host of this.hosts) host.dispose();
    this.resolved.dispose();
    this.changedCurrent.dispose();
  }

  private async openSidebar(): Promise<PanelHost> {
    const opened = new Promise<PanelHost>((resolve) => {
      if (this.sidebar) resolve(this.sidebar);
      else {
        const waiting = this.resolved.event((host) => {
          waiting.dispose();
          resolve(host);
        });
      }
    });
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    return opened;
  }

  private adoptTab(panel: vscode.WebviewPanel): PanelHost {
    panel.iconPath = tabIcon(this.parts.extensionUri);
    const host = this.adopt(panel, panel.onDidDispose);
    panel.onDidChangeViewState(() => {
      host.session.setVisible(panel.visible);
      if (panel.active) this.use(host);
    });
    this.use(host);
    return host;
  }

  private adopt(
    view: vscode.WebviewView | vscode.WebviewPanel,
    onDidDispose: vscode.Event<void>,
    draft?: DraftFile,
  ): PanelHost {
    const host: PanelHost = new PanelHost(view, this.parts, draft, () => this.use(host));
    this.hosts.add(host);
    host.session.onDidShowConversation(() => this.updateContextKeys());
    onDidDispose(() => {
      this.hosts.delete(host);
      if (this.sidebar === host) this.sidebar = undefined;
      if (this.lastUsed === host) this.lastUsed = undefined;
      host.dispose();
      this.updateContextKeys();
    });
    return host;
  }

  private use(host: PanelHost): void {
    this.lastUsed = host;
    this.updateContextKeys();
  }

  private updateContextKeys(): void {
    this.changedCurrent.fire();
    const { existing } = this;
    const place =
      (existing?.session.conversation ?? null) === null ? 'none' : existing === this.sidebar ? 'sidebar' : 'tab';
    if (place === this.conversationPlace) return;
    this.conversationPlace = place;
    void vscode.commands.executeCommand('setContext', CONVERSATION_PLACE, place);
  }
}
