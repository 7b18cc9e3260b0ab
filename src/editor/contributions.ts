/**
 * Ids and texts of what package.json contributes. `npm run manifest` writes the commands and package.nls.json from
 * here; menus and keybindings are written by hand.
 */

export const VIEW_ID = 'neuralTerminal.chat';
export const TAB_TYPE = 'neuralTerminal.chatTab';
export const LEDGER_TYPE = 'neuralTerminal.ledger';
export const CONFIGURATION_SECTION = 'neuralTerminal';

export const COMMANDS = {
  focusChat: 'neuralTerminal.focusChat',
  newConversation: 'neuralTerminal.newConversation',
  openConversation: 'neuralTerminal.openConversation',
  search: 'neuralTerminal.search',
  regenerate: 'neuralTerminal.regenerate',
  continueReply: 'neuralTerminal.continueReply',
  fork: 'neuralTerminal.fork',
  rename: 'neuralTerminal.rename',
  tag: 'neuralTerminal.tag',
  archive: 'neuralTerminal.archive',
  delete: 'neuralTerminal.delete',
  export: 'neuralTerminal.export',
  exportAll: 'neuralTerminal.exportAll',
  import: 'neuralTerminal.import',
  askAboutSelection: 'neuralTerminal.askAboutSelection',
  addSelection: 'neuralTerminal.addSelection',
  stop: 'neuralTerminal.stop',
  selectModel: 'neuralTerminal.selectModel',
  setBudget: 'neuralTerminal.setBudget',
  budgetMenu: 'neuralTerminal.budgetMenu',
  showLedger: 'neuralTerminal.showLedger',
  openInEditor: 'neuralTerminal.openInEditor',
  setApiKey: 'neuralTerminal.setApiKey',
  clearApiKey: 'neuralTerminal.clearApiKey',
  refreshModels: 'neuralTerminal.refreshModels',
  showLog: 'neuralTerminal.showLog',
  runDiagnostics: 'neuralTerminal.runDiagnostics',
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Context key for `when` clauses. Where the conversation that commands act on is shown: `none`, `sidebar` or `tab`. */
export const CONVERSATION_PLACE = 'neuralTerminal.conversationPlace';

interface CommandEntry {
  /** Shown after the category, as in `Neural Terminal: Show Ledger`. Ends with `…` when the command asks for input. */
  readonly title: string;
  /** A product icon of the editor. */
  readonly icon?: string;
}

/** In the order of the manifest. */
export const COMMAND_ENTRIES: Readonly<Record<keyof typeof COMMANDS, CommandEntry>> = {
  focusChat: { title: 'Focus Chat', icon: '$(comment-discussion)' },
  newConversation: { title: 'New Conversation', icon: '$(add)' },
  openConversation: { title: 'Open Conversation…', icon: '$(history)' },
  search: { title: 'Search History…', icon: '$(search)' },
  regenerate: { title: 'Regenerate Reply', icon: '$(refresh)' },
  continueReply: { title: 'Continue Reply', icon: '$(debug-continue)' },
  fork: { title: 'Fork Conversation', icon: '$(repo-forked)' },
  rename: { title: 'Rename Conversation…' },
  tag: { title: 'Tag Conversation…' },
  archive: { title: 'Archive or Restore Conversation' },
  delete: { title: 'Delete Conversation…' },
  export: { title: 'Export Conversation…' },
  exportAll: { title: 'Export All Conversations…' },
  import: { title: 'Import Conversations…' },
  askAboutSelection: { title: 'Ask About Selection…', icon: '$(comment-discussion)' },
  addSelection: { title: 'Add Selection to Message', icon: '$(quote)' },
  stop: { title: 'Stop Reply', icon: '$(debug-stop)' },
  selectModel: { title: 'Select Model…' },
  setBudget: { title: 'Set Daily Budget…' },
  budgetMenu: { title: 'Show Budget Menu' },
  showLedger: { title: 'Show Ledger', icon: '$(graph)' },
  openInEditor: { title: 'Open in Editor', icon: '$(link-external)' },
  setApiKey: { title: 'Set API Key…' },
  clearApiKey: { title: 'Clear API Key…' },
  refreshModels: { title: 'Refresh Model List' },
  showLog: { title: 'Show Log' },
  runDiagnostics: { title: 'Run Diagnostics' },
};

/** Texts of the manifest that belong to no command and no setting, by their keys in package.nls.json. */
export const MANIFEST_TEXTS = {
  displayName: 'Neural Terminal',
  description:
    'Chat with any OpenRouter model: exact cost per reply, limits enforced before sending, history that survives crashes.',
  category: 'Neural Terminal',
  'view.container': 'Neural Terminal',
  'view.chat': 'Chat',
  'submenu.selection': 'Neural Terminal',
  'capabilities.untrustedWorkspaces':
    'Workspace files are only read when you attach them. The API address, keys, and spending limits come from your user settings, never from the workspace.',
} as const;
