import * as vscode from 'vscode';
import type { Exchange, ImportOptions } from '../../application/exchange/exchange';
import { importReportMarkdown } from '../../application/exchange/importReport';
import { runLabel, type ConversationSummary } from '../../domain/conversation';
import type { ConversationId } from '../../domain/ids';
import type { ImportReport, PeerHistory, PeerName } from '../../domain/incoming';
import { dayToday, offerToOpen, proposed, wordsOf, written } from '../exportFiles';

const { t } = vscode.l10n;

export interface ExchangeServices {
  readonly exchange: Exchange;
  /** Histories of other extensions; looked for only while the person chooses what to import. */
  readonly peers: () => readonly PeerHistory[];
  /** Newest first. */
  readonly list: () => Promise<readonly ConversationSummary[]>;
  /** The conversation that is on screen. */
  readonly current: () => ConversationId | null;
}

const PEER_LABELS: Readonly<Record<PeerName, string>> = { rooCode: 'Roo Code', cline: 'Cline', continue: 'Continue' };
/** Bytes above which a file is not even read: its text would be longer than any that is taken. */
const MAX_READ_BYTES = 400 * 1024 * 1024;

/** Asks for a place and a form, and writes one conversation there: `id`, else the one on screen, else one of a list. */
export async function exportConversation({ exchange, list, current }: ExchangeServices, id = current()): Promise<void> {
  const all = await list();
  const conversation = all.find((c) => c.id === id) ?? (await pickConversation(all));
  if (!conversation) return;
  const uri = await vscode.window.showSaveDialog({
    title: t('Export conversation'),
    defaultUri: proposed(`${fileName(conversation)}.md`),
    filters: { [t('Markdown, to read')]: ['md'], [t('JSON, complete')]: ['json'] },
  });
  if (!uri) return;
  const isJson = /\.json$/i.test(uri.path);
  const text = isJson ? await exchange.exportJson([conversation.id]) : await exchange.exportMarkdown(conversation.id);
  if (await written([[uri, text]])) await offerToOpen(uri, t('“{0}” was exported.', conversation.title));
}

/** Writes all conversations: as JSON that can be imported again, or as a folder of Markdown files. */
export async function exportAllConversations(services: ExchangeServices): Promise<void> {
  const all = await services.list();
  if (all.length === 0) return void vscode.window.showInformationMessage(t('There are no conversations yet.'));
  const form = await vscode.window.showQuickPick(
    [
      {
        label: t('JSON, complete'),
        detail: t('Everything, with branches, costs and personas. It can be imported again.'),
        kind: 'json' as const,
      },
      {
        label: t('A folder of Markdown files'),
        detail: t('One file for each conversation, to read. Shows the branch on screen.'),
        kind: 'markdown' as const,
      },
    ].map(({ kind, ...item }) => ({ ...item, form: kind })),
    { title: t('Export {0} conversations', all.length) },
  );
  if (form?.form === 'json') await exportAllJson(services);
  if (form?.form === 'markdown') await exportAllMarkdown(services, all);
}

async function exportAllJson({ exchange }: ExchangeServices): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title: t('Export all conversations'),
    defaultUri: proposed(`neural-terminal-${dayToday()}.json`),
    filters: { JSON: ['json'] },
  });
  if (!uri) return;
  await withProgress(t('Exporting conversations'), async () => {
    const texts = [...(await exchange.exportJsonFiles('all'))];
    const files = texts.map(
      (text, at) =>
        [at === 0 ? uri : uri.with({ path: uri.path.replace(/(\.json)?$/i, `-${at + 1}.json`) }), text] as const,
    );
    if (!(await written(files))) return;
    const more = files.length === 1 ? '' : ` ${t('They took {0} files; import all of them.', files.length)}`;
    void vscode.window.showInformationMessage(`${t('All conversations were exported.')}${more}`);
  });
}

/** Into a folder of its own, so that no file of the person's can be in the way. */
async function exportAllMarkdown({ exchange }: ExchangeServices, all: readonly ConversationSummary[]): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: t('Export all conversations'),
      openLabel: t('Export here'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!parent) return;
  const folder = await freeFolder(parent, `neural-terminal-${dayToday()}`);
  await withProgress(t('Exporting conversations'), async (tell, signal) => {
    for (const [at, conversation] of all.entries()) {
      if (signal.aborted) break;
      const file = vscode.Uri.joinPath(folder, `${fileName(conversation)}.md`);
      if (!(await written([[file, await exchange.exportMarkdown(conversation.id)]]))) return;
      tell(at + 1, all.length);
    }
    void vscode.window.showInformationMessage(
      signal.aborted
        ? t('The export was stopped. What was written is in {0}.', folder.fsPath)
        : t('{0} conversations were exported to {1}.', all.length, folder.fsPath),
    );
  });
}

/** Asks where from, merges what is there, and says what became of it. */
export async function importConversations(services: ExchangeServices): Promise<void> {
  const file = {
    label: t('A file…'),
    description: t('JSON exported by Neural Terminal'),
    peers: [] as readonly PeerHistory[],
  };
  const source = await vscode.window.showQuickPick([file, ...(await foundPeers(services.peers()))], {
    title: t('Import conversations from'),
    placeHolder: t('Files of other extensions are only read. Nothing that is here is overwritten.'),
  });
  if (!source) return;
  if (source.peers.length === 0) return importFiles(services);
  const report = await withProgress(t('Importing from {0}', source.label), (tell, signal) =>
    services.exchange.importPeers(source.peers, { onProgress: (done) => tell(done, null), signal }),
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
    return { label: PEER_LABELS[name], description: t('{0} found on this machine', count), peers: histories };
  });
}

async function importFiles({ exchange }: ExchangeServices): Promise<void> {
  const uris = await vscode.window.showOpenDialog({
    title: t('Import conversations'),
    openLabel: t('Import'),
    canSelectMany: true,
    filters: { JSON: ['json'] },
  });
  for (const uri of uris ?? []) {
    const name = uri.path.split('/').at(-1) ?? uri.path;
    const report = await withProgress(t('Importing from {0}', name), async (tell, signal) =>
      importFile(exchange, uri, { onProgress: tell, signal }),
    );
    await showReport(name, report);
  }
}

async function importFile(exchange: Exchange, uri: vscode.Uri, options: ImportOptions): Promise<ImportReport> {
  const refused = (reason: string): ImportReport => ({
    added: 0,
    updated: 0,
    unchanged: 0,
    skipped: [{ what: t('The file'), reason }],
  });
  let bytes: Uint8Array;
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MAX_READ_BYTES)
      return refused(t('It is too large to be read. Nothing was changed.'));
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    return refused(t('It could not be read: {0}. Nothing was changed.', wordsOf(error)));
  }
  return exchange.importJson(new TextDecoder().decode(bytes), options);
}

async function showReport(source: string, report: ImportReport): Promise<void> {
  const counts = t('{0} added, {1} completed, {2} already here.', report.added, report.updated, report.unchanged);
  const left = report.skipped.length === 0 ? '' : ` ${t('{0} remarks.', report.skipped.length)}`;
  const show = t('Show report');
  const message = `${t('Import from {0}:', source)} ${counts}${left}`;
  const choice =
    report.skipped.length === 0
      ? await vscode.window.showInformationMessage(message, show)
      : await vscode.window.showWarningMessage(message, show);
  if (choice !== show) return;
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: importReportMarkdown(source, report),
  });
  await vscode.window.showTextDocument(document);
}

async function pickConversation(all: readonly ConversationSummary[]): Promise<ConversationSummary | undefined> {
  if (all.length === 0) void vscode.window.showInformationMessage(t('There are no conversations yet.'));
  const items = all.map((conversation) => ({
    label: conversation.title,
    description: runLabel(conversation.runNumber),
    conversation,
  }));
  return all.length === 0
    ? undefined
    : (await vscode.window.showQuickPick(items, { title: t('Export conversation'), matchOnDescription: true }))
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
  task: (tell: (done: number, total: number | null) => void, signal: AbortSignal) => Promise<T>,
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
              message: total === null ? String(done) : `${done} / ${total}`,
              ...(total === null ? {} : { increment: 100 / total }),
            }),
          stop.signal,
        );
      },
    ),
  );
}

/** Letters and digits of the title: a name that every file system takes. */
function fileName({ runNumber, title }: ConversationSummary): string {
  const words = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return ['R', String(runNumber).padStart(4, '0'), ...(words === '' ? [] : ['-', words])].join('');
}
