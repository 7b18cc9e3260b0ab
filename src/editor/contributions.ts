/** Every id that package.json contributes, in one place; a test compares the two. */

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

/** `when` key: where the stored conversation is shown that commands act on: `none`, `sidebar` or `tab`. */
export const CONVERSATION_PLACE = 'neuralTerminal.conversationPlace';

/** Setting keys below `neuralTerminal.` with the type that each must have to be used at all. */
export const SETTINGS = {
  baseUrl: 'baseUrl',
  model: 'model',
  fallbackModels: 'fallbackModels',
  temperature: 'temperature',
  maxOutputTokens: 'maxOutputTokens',
  perReplyUsd: 'budget.perReplyUsd',
  perConversationUsd: 'budget.perConversationUsd',
  dailyUsd: 'budget.dailyUsd',
  monthlyUsd: 'budget.monthlyUsd',
  warnAtPercent: 'budget.warnAtPercent',
  budgetMode: 'budget.mode',
  reserveTokens: 'context.reserveTokens',
  minIntervalMs: 'input.minIntervalMs',
  idleTimeoutSeconds: 'stream.idleTimeoutSeconds',
  maxMinutes: 'stream.maxMinutes',
  circuitFailureThreshold: 'circuit.failureThreshold',
  circuitRecoverySeconds: 'circuit.recoverySeconds',
  exposure: 'ui.exposure',
} as const;
