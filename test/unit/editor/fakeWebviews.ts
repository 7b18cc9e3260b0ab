import assert from 'node:assert/strict';
import { EventEmitter, type Uri, fakeEditor } from '../../support/vscodeShim';
import * as vscode from 'vscode';

/** A webview without a page: what is posted to it, and messages and events that a test causes. */
class FakeWebview {
  options: unknown;
  html = '';
  readonly cspSource = 'https://webview.test';
  readonly posted: { readonly type: string }[] = [];
  readonly messages = new EventEmitter<unknown>();
  readonly onDidReceiveMessage = this.messages.event;
  asWebviewUri = (uri: Uri): Uri => uri;
  async postMessage(message: { readonly type: string }): Promise<boolean> {
    return this.posted.push(message) > 0;
  }
  types(): readonly string[] {
    return this.posted.map(({ type }) => type);
  }
}

/** Serves as a view of the side bar and as an editor tab. */
export class FakeView {
  readonly webview = new FakeWebview();
  visible = true;
  active = true;
  iconPath: unknown;
  reveals = 0;
  isDisposed = false;
  private readonly disposed = new EventEmitter<void>();
  private readonly visibilities = new EventEmitter<void>();
  private readonly states = new EventEmitter<void>();
  readonly onDidDispose = this.disposed.event;
  readonly onDidChangeVisibility = this.visibilities.event;
  readonly onDidChangeViewState = this.states.event;

  setState(state: { readonly visible: boolean; readonly active?: boolean }): void {
    this.visible = state.visible;
    this.active = state.active ?? state.visible;
    this.visibilities.fire();
    this.states.fire();
  }
  reveal(): void {
    this.reveals += 1;
  }
  dispose(): void {
    this.isDisposed = true;
    this.disposed.fire();
  }
  asPanel(): vscode.WebviewPanel {
    return this as unknown as vscode.WebviewPanel;
  }
  asView(): vscode.WebviewView {
    return this as unknown as vscode.WebviewView;
  }
}

/** Lets the shim create editor tabs. @returns those created so far. */
export function useTabs(): FakeView[] {
  const tabs: FakeView[] = [];
  Object.assign(vscode.window, {
    createWebviewPanel: () => {
      const tab = new FakeView();
      tabs.push(tab);
      return tab;
    },
  });
  return tabs;
}

/** Values that a context key was set to, in order. */
export const contextValues = (key: string): unknown[] =>
  fakeEditor.executed.flatMap(([id, name, value]) => (id === 'setContext' && name === key ? [value] : []));

export const only = <T>(all: readonly T[]): T => (all.length === 1 ? all[0]! : assert.fail(`${all.length} of them`));
