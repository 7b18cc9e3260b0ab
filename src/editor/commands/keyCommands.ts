import * as vscode from 'vscode';
import { toNanoUsd } from '../../domain/money';
import type { ChatProvider } from '../../domain/ports/provider';
import type { EventBus } from '../../domain/coreEvent';
import type { KeyedConnections } from '../connections';
import { confirmed, notifyUser } from '../dialogs';
import { describeFailure } from '../words/failureText';
import { confirmRemoveKey, keyHasSpaces, keyInput, keyNotStored, keyWorks } from '../words/keyText';

const CHECK_TIMEOUT_MS = 15_000;

/** Sets and removes API keys in the editor's own dialogs, so that the panel never sees a key. */
export class KeyCommands {
  constructor(
    private readonly connections: KeyedConnections,
    private readonly provider: Pick<ChatProvider, 'checkKey'>,
    private readonly bus: EventBus,
  ) {}

  async setApiKey(): Promise<void> {
    const { origin } = await this.connections.current();
    const key = await vscode.window.showInputBox({
      ...keyInput(origin),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/\s/.test(text.trim()) ? keyHasSpaces() : undefined),
    });
    const trimmed = key?.trim();
    if (!trimmed) return;
    const isStored = await this.connections.setKey(origin, trimmed);
    this.bus.fire({ type: 'settingsChanged' });
    if (!isStored) void vscode.window.showWarningMessage(keyNotStored());
    await this.report(trimmed);
  }

  async clearApiKey(): Promise<void> {
    const { origin } = await this.connections.current();
    if (!(await confirmed(confirmRemoveKey(origin)))) return;
    await this.connections.clearKey(origin);
    this.bus.fire({ type: 'settingsChanged' });
  }

  /** A rejected key is kept, because the user may be offline or about to correct it. */
  private async report(key: string): Promise<void> {
    const check = await this.provider.checkKey(AbortSignal.timeout(CHECK_TIMEOUT_MS), key);
    if (check.kind === 'failed') return notifyUser(describeFailure(check.failure));
    const remaining = check.limitRemaining ? toNanoUsd(check.limitRemaining, 'nearest') : undefined;
    void vscode.window.showInformationMessage(keyWorks(remaining));
  }
}
