import * as vscode from 'vscode';
import { toDecimalUsd, toNanoUsd } from '../../domain/money';
import type { ChatProvider } from '../../domain/ports/provider';
import type { EventBus } from '../../domain/coreEvent';
import type { KeyedConnections } from '../connections';
import { describeFailure } from '../words/failureText';

const CHECK_TIMEOUT_MS = 15_000;

/** Entering and removing the key, in the editor's own dialogs: the panel never sees it. */
export class KeyCommands {
  constructor(
    private readonly connections: KeyedConnections,
    private readonly provider: Pick<ChatProvider, 'checkKey'>,
    private readonly bus: EventBus,
  ) {}

  async setApiKey(): Promise<void> {
    const { t } = vscode.l10n;
    const { origin } = await this.connections.current();
    const key = await vscode.window.showInputBox({
      title: t('API key for {0}', origin),
      prompt: t('It is kept in the editor’s secret storage and sent to {0} only.', origin),
      placeHolder: 'sk-or-v1-…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/\s/.test(text.trim()) ? t('A key has no spaces.') : undefined),
    });
    const trimmed = key?.trim();
    if (!trimmed) return;
    const stays = await this.connections.setKey(origin, trimmed);
    this.bus.fire({ type: 'settingsChanged' });
    if (!stays)
      void vscode.window.showWarningMessage(
        t('The system’s secret storage did not keep the key. It has to be entered again next time.'),
      );
    await this.report(trimmed);
  }

  async clearApiKey(): Promise<void> {
    const { t } = vscode.l10n;
    const { origin } = await this.connections.current();
    const remove = t('Remove');
    if (
      (await vscode.window.showWarningMessage(t('Remove the API key for {0}?', origin), { modal: true }, remove)) !==
      remove
    )
      return;
    await this.connections.clearKey(origin);
    this.bus.fire({ type: 'settingsChanged' });
  }

  /** A wrong key is kept and named: the person may be offline, or about to correct it. */
  private async report(key: string): Promise<void> {
    const { t } = vscode.l10n;
    const check = await this.provider.checkKey(AbortSignal.timeout(CHECK_TIMEOUT_MS), key);
    if (check.kind === 'failed') {
      const { title, detail } = describeFailure(check.failure);
      void vscode.window.showWarningMessage([title, detail].filter((part) => part !== '').join(' '));
      return;
    }
    const remaining = check.limitRemaining
      ? t('{0} USD left on this key.', toDecimalUsd(toNanoUsd(check.limitRemaining, 'nearest')))
      : t('This key has no limit of its own.');
    void vscode.window.showInformationMessage(`${t('The key works.')} ${remaining}`);
  }
}
