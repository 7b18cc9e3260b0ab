import * as vscode from 'vscode';
import type { NeuralTerminalApi } from '../api';
import type { ModelId } from '../domain/ids';
import { BudgetNotifier } from './budgetNotifier';
import { type BudgetMenuServices, askLimit, confirmOverrun, showBudgetMenu } from './commands/budgetMenu';
import { registerCommands } from './commands/commands';
import { KeyCommands } from './commands/keyCommands';
import type { ModelPickerServices } from './commands/modelPicker';
import type { EditorContext } from './editorContext';
import { FavouriteModels } from './favouriteModels';
import { createPublicApi } from './publicApi';
import { StatusBarMeter } from './statusBarMeter';
import { ChatViews } from './webviews/chatViews';
import { DraftFile } from './webviews/draftFile';
import { EditorLedgerActions } from './webviews/ledgerActions';
import { LedgerTab } from './webviews/ledgerTab';
import { EditorPanelActions } from './webviews/panelActions';
import { panelDependencies } from './webviews/panelDependencies';
import { ledgerWords } from './words/panelWords';

/** Creates and registers the views, the commands, the meter and the public API. */
export function registerEditor(editor: EditorContext): NeuralTerminalApi {
  const { extension, core, settings, bus } = editor;
  const { ledger, conversations } = core;
  const keys = new KeyCommands(editor.connections, editor.provider, bus);
  const models = modelPickerServices(editor);
  const budget = budgetMenuServices(editor);
  const { allowOverrun } = budget;
  const views = createViews(editor, keys, models, budget);
  const ledgerTab = createLedgerTab(editor, views);
  const current = () => views.existing?.session.conversation ?? null;
  const { api, dispose } = createPublicApi({ ...core, bus });
  extension.subscriptions.push(
    views,
    views.register(),
    ledgerTab,
    ledgerTab.register(),
    new StatusBarMeter({
      ...{ ledger, settings, clock: editor.clock, bus, conversations, current },
      onDidChangeConversation: views.onDidChangeCurrent,
    }),
    new BudgetNotifier({
      ...{ ledger, settings, bus, allowOverrun },
      memento: extension.globalState,
      raiseLimit: (limit) => askLimit(settings, limit),
    }),
    registerCommands({
      ...{ ...core, views, ledgerTab, models, budget, settings, keys, ids: editor.ids, log: editor.log },
      exchange: {
        ...{ exchange: core.exchange, peers: editor.peers, current },
        list: () => conversations.list(),
      },
      diagnostics: {
        store: editor.store,
        extensionVersion: versionOf(extension.extension),
        onRepaired: async () => {
          await refreshStore(editor);
          bus.fire({ type: 'historyChanged' });
        },
      },
    }),
    settings,
    editor.connections,
    settings.onDidChange(() => bus.fire({ type: 'settingsChanged' })),
    editor.connections.onDidChange(() => bus.fire({ type: 'settingsChanged' })),
    { dispose },
  );
  return api;
}

function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const { version }: { version: string } = packageJSON;
  return version;
}

/** Reads what other windows have spent and written. */
export async function refreshStore({ core }: EditorContext): Promise<void> {
  await core.ledger.refresh();
  core.bills.start();
  void core.keyWatch.refresh();
  await core.conversations.checkStore();
}

const modelPickerServices = ({ extension, core, store, clock, bus }: EditorContext): ModelPickerServices => ({
  ...{ catalogue: core.catalogue, clock, bus },
  favourites: new FavouriteModels(extension.globalState),
  records: () => store.modelRecords(),
});

const budgetMenuServices = ({ core: { ledger }, settings }: EditorContext): BudgetMenuServices => ({
  ...{ ledger, settings },
  overruns: () => ledger.book.overruns().map(({ model }) => model),
  allowOverrun: (model: ModelId) => confirmOverrun(model, () => ledger.acceptOverrun(model)),
});

function createViews(
  editor: EditorContext,
  keys: KeyCommands,
  models: ModelPickerServices,
  budget: BudgetMenuServices,
): ChatViews {
  const { extension, log } = editor;
  const actions = new EditorPanelActions({
    ...{ models, keys, log },
    openBudgetMenu: () => showBudgetMenu(budget),
    allowOverrun: budget.allowOverrun,
  });
  const folder = extension.storageUri ?? extension.globalStorageUri;
  const draft = new DraftFile(vscode.Uri.joinPath(folder, 'draft.txt').fsPath, log);
  return new ChatViews(panelDependencies(editor, actions), extension.workspaceState, draft);
}

function createLedgerTab({ extension, core, store, settings, bus, log }: EditorContext, views: ChatViews): LedgerTab {
  const { conversations, branches, ledger } = core;
  return new LedgerTab({
    extensionUri: extension.extensionUri,
    requests: {
      ...{ store, conversations, branches, ledger, settings, words: ledgerWords },
      theme: () => settings.theme,
      settleByUser: ledger.settleByUser.bind(ledger),
      actions: new EditorLedgerActions(views),
    },
    bus,
    log,
  });
}
