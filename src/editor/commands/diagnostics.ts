import * as vscode from 'vscode';
import type { StoreInspector } from '../../domain/ports/store';
import { type StoreReport, needsRepair } from '../../domain/storeReport';
import { type ProgramFacts, diagnosticsLabels, diagnosticsReport, summaryOf } from '../words/diagnosticsText';

export interface DiagnosticsServices {
  readonly store: StoreInspector;
  readonly extensionVersion: string;
  /** Called after a repair, because earlier warnings may no longer apply. */
  readonly onRepaired: () => Promise<void>;
}

/** Verifies every history file, shows the result, and offers a repair if there is something to repair. */
export async function runDiagnostics(services: DiagnosticsServices): Promise<void> {
  const { verifying, repairing, showReport: show, repair } = diagnosticsLabels();
  const report = await working(verifying, () => services.store.inspect());
  const choices = needsRepair(report) ? [repair, show] : [show];
  const notify =
    needsRepair(report) || report.notWritable !== undefined
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  const choice = await notify(summaryOf(report), ...choices);
  if (choice === show) await showReport(report, services);
  if (choice !== repair) return;
  const repaired = await working(repairing, () => services.store.repair());
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
