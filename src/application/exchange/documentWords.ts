import type { Cost, Message } from '../../domain/conversation';
import type { NanoUsd } from '../../domain/money';
import type { MoneyWords } from '../models/moneyWords';
import type { PanelWords } from '../panel/panelWords';

/** Texts of an exported Markdown document. Arguments are already escaped for Markdown. */
export interface DocumentWords extends MoneyWords, Pick<PanelWords, 'cost'> {
  /** Heading of a message. */
  role(role: Message['role']): string;
  /** Without `source`, the other conversation no longer exists. */
  forkedHere(source: string | undefined): string;
  facts(facts: DocumentFacts): readonly string[];
  systemPrompt(): string;
  reasoning(): string;
  attachment(): string;
  state(state: Exclude<Message['state'], 'complete'>): string;
  /** Of a reply: the amount with its source. */
  replyCost(cost: Cost): string;
  modelAndProvider(model: string, provider: string): string;
  omitted(messages: number): string;
  version(number: number, count: number): string;
  /** Without `version`, the earlier reply is not among the versions. */
  continues(version: number | undefined): string;
  /** `models` lists each failed request, as in `vendor/model (overloaded), vendor/other`. */
  failedRequests(count: number, models: string): string;
}

/** What stands below the title of an exported conversation. */
export interface DocumentFacts {
  readonly numberLabel: string;
  readonly model: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly costNanoUsd: NanoUsd;
  /** Replies whose cost is not known and therefore missing in the sum. */
  readonly repliesWithoutCost: number;
  readonly totalTokens: number;
  readonly tags: readonly string[];
  /** Null: not a fork. Undefined source: the other conversation no longer exists. */
  readonly fork: { readonly source: string | undefined } | null;
  readonly hiddenBranches: number;
}
