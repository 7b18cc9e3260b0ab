import type { Branches } from '../conversations/branches';
import type { Conversations } from '../conversations/conversations';
import type { ConversationFiling } from '../conversations/filing';
import type { ModelCatalogue } from '../models/catalogue';
import type { Orchestrator } from '../turn/orchestrator';

/** The use cases behind a panel's requests. */
export interface PanelUseCases {
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly branches: Branches;
  readonly filing: ConversationFiling;
  readonly catalogue: ModelCatalogue;
}
