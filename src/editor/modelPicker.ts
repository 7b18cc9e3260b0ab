import * as vscode from 'vscode';
import type { ModelCatalogue } from '../application/modelCatalogue';
import { priceText } from '../application/presenter';
import { describeFailure } from './failureText';

interface ModelItem extends vscode.QuickPickItem {
  readonly modelId: string;
}

/** @returns the chosen model's id; undefined when nothing was chosen. */
export async function pickModel(catalogue: ModelCatalogue, current: string): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<ModelItem>();
  picker.title = vscode.l10n.t('Model');
  picker.placeholder = vscode.l10n.t('Search by name or id; prices are dollars per million tokens, in / out');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.busy = true;
  const chosen = new Promise<string | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.modelId);
      picker.hide();
    });
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  const listing = await catalogue.list();
  picker.busy = false;
  if (listing.kind === 'stale') picker.title = `${vscode.l10n.t('Model')} · ${describeFailure(listing.failure).title}`;
  picker.items = listing.models.map((model) => ({
    modelId: model.id,
    label: model.id === current ? `$(check) ${model.name}` : model.name,
    description: model.id,
    detail: [priceText(model), contextText(model.contextLength), ...capabilities(model.inputModalities, model.supportedParameters)].join(' · '),
  }));
  picker.activeItems = picker.items.filter((item) => item.modelId === current);
  return chosen.finally(() => picker.dispose());
}

function contextText(tokens: number | null): string {
  if (tokens === null) return vscode.l10n.t('window unknown');
  const count = tokens >= 1_000_000 ? `${Math.round(tokens / 100_000) / 10}M` : `${Math.round(tokens / 1000)}k`;
  return vscode.l10n.t('{0} tokens', count);
}

function capabilities(inputs: readonly string[], parameters: readonly string[]): string[] {
  return [
    ...(inputs.includes('image') ? [vscode.l10n.t('vision')] : []),
    ...(parameters.includes('tools') ? [vscode.l10n.t('tools')] : []),
    ...(parameters.includes('reasoning') ? [vscode.l10n.t('reasoning')] : []),
  ];
}
