import * as vscode from 'vscode';
import type { Exchange, ImportOptions } from '../../application/exchange/exchange';
import { MAX_FILE_CHARACTERS } from '../../application/exchange/exchangeFile';
import type { ImportProblem, ImportReport } from '../../application/exchange/importReport';
import { runLabel, type ConversationSummary } from '../../domain/conversation';
import type { ConversationId } from '../../domain/ids';
import type { PeerHistory, PeerName } from '../../domain/incoming';
import { dayToday, offerToOpen, proposed, writeFiles } from '../exportFiles';
import { documentWords } from '../words/documentText';
import * as text from '../words/exchangeText';
import { messageOf } from '../words/format';
import { importDocument, importSummary } from '../words/importText';

export interface ExchangeServices {
  readonly exchange: Exchange;
  /** Histories of other extensions. Their folders are read only while the user chooses what to import. */
  readonly peers: () => readonly PeerHistory[];
  /** Newest first. */
  readonly list: () => Promise<readonly ConversationSummary[]>;
  /** The conversation of the panel used last. */
  readonly current: () => ConversationId | null;
}

const PEER_LABELS: Readonly<Record<PeerName, string>> = { rooCode: 'Roo Code', cline: 'Cline', continue: 'Continue' };
/** Larger files are not read, because their text would exceed the import's limit. */
const MAX_READ_BYTES = 400 * 1024 * 1024;

/** Exports one conversation: `id`, else the current one, else one that the user picks. */
export async function exportConversation({ exchange, list, current }: ExchangeServices, id = current()): Promise<void> {
  const all = await list();
  const conversation = all.find((c) => c.id === id) ?? (await pickConversation(all));
  if (!conversation) return;
  const labels = text.exportDialog();
  const uri = await vscode.window.showSaveDialog({
    title: labels.title,
    defaultUri: proposed(`${fileName(conversation)}.md`),
    filters: { [labels.markdown]: ['md'], [labels.json]: ['json'] },
  });
  if (!uri) return;
  const isJson = /\.json$/i.test(uri.path);
  const content = isJson
    ? await exchange.exportJson([conversation.id])
    : await exchange.exportMarkdown(conversation.id, documentWords);
  if (await writeFiles([[uri, content]])) await offerToOpen(uri, text.exported(conversation.title));
}

/** Exports all conversations, as JSON or as a folder of Markdown files. */
export async function exportAllConversations(services: ExchangeServices): Promise<void> {
  const all = await services.list();
  if (all.length === 0) return void vscode.window.showInformationMessage(text.noConversations());
  const { title, json, markdown } = text.exportForms(all.length);
  const choice = await vscode.window.showQuickPick(
    [
      { ...json, run: () => exportAllJson(services) },
      { ...markdown, run: () => exportAllMarkdown(services, all) },
    ],
    { title },
  );
  await choice?.run();
}

async function exportAllJson({ exchange }: ExchangeServices): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title: text.exportAllDialog().title,
    defaultUri: proposed(`neural-terminal-${dayToday()}.json`),
    filters: { JSON: ['json'] },
  });
  if (!uri) return;
  await withProgress(text.exportAllDialog().progress, async () => {
    const contents = [...(await exchange.exportJsonFiles('all'))];
    const files = contents.map(
      (content, at) =>
        [at === 0 ? uri : uri.with({ path: uri.path.replace(/(\.json)?$/i, `-${at + 1}.json`) }), content] as const,
    );
    if (!(await writeFiles(files))) return;
    void vscode.window.showInformationMessage(text.exportedAll(files.length));
  });
}

/** Writes into a new folder, so that no existing file is overwritten. */
async function exportAllMarkdown({ exchange }: ExchangeServices, all: readonly ConversationSummary[]): Promise<void> {
  const { title, openLabel, progress } = text.exportAllDialog();
  const [parent] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel,
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!parent) return;
  const folder = await freeFolder(parent, `neural-terminal-${dayToday()}`);
  await withProgress(progress, async (report, signal) => {
    for (const [at, conversation] of all.entries()) {
      if (signal.aborted) break;
      const file = vscode.Uri.joinPath(folder, `${fileName(conversation)}.md`);
      if (!(await writeFiles([[file, await exchange.exportMarkdown(conversation.id, documentWords)]]))) return;
      report(at + 1, all.length);
    }
    void vscode.window.showInformationMessage(
      signal.aborted ? text.exportStopped(folder.fsPath) : text.exportedTo(all.length, folder.fsPath),
    );
  });
}

/** Asks for a source, imports it, and reports the result. */
export async function importConversations(services: ExchangeServices): Promise<void> {
  const { title, placeHolder, file } = text.importSources();
  const none: readonly PeerHistory[] = [];
  const source = await vscode.window.showQuickPick(
    [{ ...file, peers: none }, ...(await foundPeers(services.peers()))],
    { title, placeHolder },
  );
  if (!source) return;
  if (source.peers.length === 0) return importFiles(services);
  const report = await withProgress(text.importing(source.label), (progress, signal) =>
    services.exchange.importPeers(source.peers, { onProgress: (done) => progress(done, null), signal }),
  );
  await showReport(source.label, report);
}

async function foundPeers(
  peers: readonly PeerHistory[],
): Promise<
  readonly { readonly label: string; readonly description: string; readonly peers: readonly PeerHistory[] }[]
> {
  const counts = await Promise.all(peers.map((peer) => peer.count()));
  const found = peers.filter((_, at) => (counts[at] ?? 0) > 0);
  return [...new Set(found.map(({ peer }) => peer))].map((name) => {
    const histories = found.filter(({ peer }) => peer === name);
    const count = peers.reduce((sum, { peer }, at) => sum + (peer === name ? (counts[at] ?? 0) : 0), 0);
    return { label: PEER_LABELS[name], description: text.foundOnMachine(count), peers: histories };
  });
}

async function importFiles({ exchange }: ExchangeServices): Promise<void> {
  const uris = await vscode.window.showOpenDialog({
    ...text.importDialog(),
    canSelectMany: true,
    filters: { JSON: ['json'] },
  });
  for (const uri of uris ?? []) {
    const name = uri.path.split('/').at(-1) ?? uri.path;
    const report = await withProgress(text.importing(name), async (progress, signal) =>
      importFile(exchange, uri, { onProgress: progress, signal }),
    );
    await showReport(name, report);
  }
}

async function importFile(exchange: Exchange, uri: vscode.Uri, options: ImportOptions): Promise<ImportReport> {
  const refused = (problem: ImportProblem): ImportReport => ({
    added: 0,
    updated: 0,
    unchanged: 0,
    remarks: [{ about: { kind: 'file' }, problem }],
  });
  let bytes: Uint8Array;
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MAX_READ_BYTES)
      return refused({ kind: 'fileTooLong', limitCharacters: MAX_FILE_CHARACTERS });
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    return refused({ kind: 'fileUnreadable', reason: messageOf(error) });
  }
  return exchange.importJson(new TextDecoder().decode(bytes), options);
}

async function showReport(source: string, report: ImportReport): Promise<void> {
  const show = text.showImportReport();
  const message = importSummary(source, report);
  const choice =
    report.remarks.length === 0
      ? await vscode.window.showInformationMessage(message, show)
      : await vscode.window.showWarningMessage(message, show);
  if (choice !== show) return;
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: importDocument(source, report),
  });
  await vscode.window.showTextDocument(document);
}

async function pickConversation(all: readonly ConversationSummary[]): Promise<ConversationSummary | undefined> {
  if (all.length === 0) void vscode.window.showInformationMessage(text.noConversations());
  const items = all.map((conversation) => ({
    label: conversation.title,
    description: runLabel(conversation.runNumber),
    conversation,
  }));
  return all.length === 0
    ? undefined
    : (await vscode.window.showQuickPick(items, { title: text.exportDialog().title, matchOnDescription: true }))
        ?.conversation;
}

async function freeFolder(parent: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number += 1) {
    const folder = vscode.Uri.joinPath(parent, number === 1 ? name : `${name}-${number}`);
    const isTaken = await Promise.resolve(vscode.workspace.fs.stat(folder)).then(
      () => true,
      () => false,
    );
    if (!isTaken) return folder;
  }
}

function withProgress<T>(
  title: string,
  task: (report: (done: number, total: number | null) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => stop.abort());
        return task(
          (done, total) =>
            progress.report({
              message: text.progressText(done, total),
              ...(total === null ? {} : { increment: 100 / total }),
            }),
          stop.signal,
        );
      },
    ),
  );
}

/** The number, and the letters and digits of the title, so that every file system accepts the name. */
function fileName({ runNumber, title }: ConversationSummary): string {
  const words = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return ['R', String(runNumber).padStart(4, '0'), ...(words === '' ? [] : ['-', words])].join('');
}
