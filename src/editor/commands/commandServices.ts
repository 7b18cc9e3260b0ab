import type { Branches } from '../../application/conversations/branches';
import type { ConversationFiling } from '../../application/conversations/filing';
import type { Conversations } from '../../application/conversations/conversations';
import type { Orchestrator } from '../../application/turn/orchestrator';
import type { IdSource } from '../../domain/ports/system';
import type { BudgetMenuServices } from './budgetMenu';
import type { ChatViews } from '../webviews/chatViews';
import type { DiagnosticsServices } from './diagnostics';
import type { ExchangeServices } from './exchangeCommands';
import type { KeyCommands } from './keyCommands';
import type { LedgerTab } from '../webviews/ledgerTab';
import type { OutputLog } from '../log';
import type { ModelPickerServices } from './modelPicker';
import type { EditorSettings } from '../settings/editorSettings';

/** Dependencies of the contributed commands. */
export interface CommandServices {
  readonly views: ChatViews;
  readonly ledgerTab: LedgerTab;
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly filing: ConversationFiling;
  readonly branches: Branches;
  readonly exchange: ExchangeServices;
  readonly diagnostics: DiagnosticsServices;
  readonly models: ModelPickerServices;
  readonly budget: BudgetMenuServices;
  readonly settings: EditorSettings;
  readonly keys: KeyCommands;
  readonly ids: IdSource;
  readonly log: OutputLog;
}
