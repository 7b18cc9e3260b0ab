import * as vscode from 'vscode';
import type { CommandServices } from './commandServices';
import { describeFailure } from '../words/failureText';
import { modelListFailed, modelsListed } from '../words/modelText';
import { nothingSelected } from '../words/viewText';
import { pickModel } from './modelPicker';
import { MAX_ATTACHMENT_CHARACTERS, attachmentFromEditor } from '../selection';

export async function newConversation({ views }: CommandServices): Promise<void> {
  const host = await views.inSight();
  await host.session.show(null);
  host.post({ type: 'focusComposer' });
}

/** Attaches the selection to the message being written, unless it is already attached. */
export async function attachSelection({ views, ids }: CommandServices, focus: boolean): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const attachment = editor && attachmentFromEditor(editor, ids);
  if (!attachment) {
    void vscode.window.showInformationMessage(nothingSelected(MAX_ATTACHMENT_CHARACTERS));
    return;
  }
  const { session } = focus ? await views.focus() : await views.current();
  const same = session.pendingAttachments.some(
    (a) => a.path === attachment.path && a.startLine === attachment.startLine && a.text === attachment.text,
  );
  if (!same) session.setAttachments([...session.pendingAttachments, attachment]);
}

export async function stop({ views, orchestrator }: CommandServices): Promise<void> {
  const id = views.existing?.session.conversation;
  if (id) await orchestrator.stop(id);
}

export async function selectModel({ views, orchestrator, models, settings }: CommandServices): Promise<void> {
  const session = views.existing?.session;
  const picked = await pickModel(models, {
    current: session?.model ?? settings.current().defaultModel,
    promptTokens: session?.promptTokens ?? null,
  });
  if (picked === undefined) return;
  if (session?.conversation) await orchestrator.chooseModel(session.conversation, picked);
  if (session) session.chooseModel(picked);
  else await settings.setDefaultModel(picked);
}

export async function refreshModels({ models }: CommandServices): Promise<void> {
  const listing = await models.catalogue.list({ refresh: true });
  if (listing.kind === 'ok') void vscode.window.showInformationMessage(modelsListed(listing.models.length));
  else void vscode.window.showWarningMessage(modelListFailed(describeFailure(listing.failure).title));
}
