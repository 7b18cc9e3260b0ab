import * as vscode from 'vscode';
import type { StoreInspector } from '../../domain/ports/store';
import { type StoreReport, needsRepair } from '../../domain/storeReport';
import { type ProgramFacts, diagnosticsReport, summaryOf } from '../words/diagnosticsReport';

export interface DiagnosticsServices {
  readonly store: StoreInspector;
  readonly extensionVersion: string;
  /** After a repair: what warned before may be settled. */
  readonly onRepaired: () => Promise<void>;
}

/** Verifies every file of the history, says what was found, offers repair where that helps, and shows the report. */
export async function runDiagnostics(services: DiagnosticsServices): Promise<void> {
  const { t } = vscode.l10n;
  const report = await working(t('Verifying the history…'), () => services.store.inspect());
  const show = t('Show Report');
  const repair = t('Repair');
  const choices = needsRepair(report) ? [repair, show] : [show];
  const tell =
    needsRepair(report) || report.notWritable !== undefined
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  const choice = await tell(summaryOf(report), ...choices);
  if (choice === show) await showReport(report, services);
  if (choice !== repair) return;
  const repaired = await working(t('Repairing the history…'), () => services.store.repair());
  await services.onRepaired();
  if ((await vscode.window.showInformationMessage(summaryOf(repaired), show)) === show)
    await showReport(repaired, services);
}

async function working<T>(title: string, work: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}

async function showReport(report: StoreReport, { extensionVersion }: DiagnosticsServices): Promise<void> {
  const facts: ProgramFacts = {
    extensionVersion,
    editorVersion: vscode.version,
    platform: `${process.platform} ${process.arch}`,
    at: new Date().toISOString(),
  };
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: diagnosticsReport(report, facts),
  });
  await vscode.window.showTextDocument(document, { preview: false });
}
