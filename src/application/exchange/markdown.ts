import {
  runLabel,
  type Attachment,
  type Conversation,
  type ConversationSummary,
  type FailedAttempt,
  type Message,
  activeBranch,
  isInherited,
  siblingsOf,
} from '../../domain/conversation';
import type { Failure } from '../../domain/failure';
import { fenced } from '../../domain/text';
import type { MessageId } from '../../domain/ids';
import { formatUsd } from '../../domain/money';
import { attachmentLabel } from '../../domain/prompt';
import { costText } from '../panel/entryPresenter';
import { inline, quoted } from './markdownText';

/**
 * The branch that is shown, as a document to read. Headings and rules are the document's own; what was said stands in
 * quotations and fences that end where they should.
 *
 * @param source the conversation that this one was forked from, where it is still known.
 */
export function markdownOf(conversation: Conversation, source?: ConversationSummary): string {
  const branch = activeBranch(conversation);
  const firstOwn = branch.findIndex((m) => !isInherited(conversation, m));
  const entries = branch.flatMap((message, at) => [
    ...(at > 0 && at === firstOwn ? ['---', `*Forked here from ${sourceName(source)}.*`] : []),
    entry(conversation, message, at + 1),
  ]);
  return `${[header(conversation, branch, source), ...entries].join('\n\n')}\n`;
}

const sourceName = (source: ConversationSummary | undefined): string =>
  source ? `${runLabel(source.runNumber)} ${inline(source.title)}` : 'a conversation that is not here';

function header(c: Conversation, branch: readonly Message[], source: ConversationSummary | undefined): string {
  const others = otherBranches(c, branch);
  const facts = [
    `- Run: ${runLabel(c.runNumber)}`,
    `- Model: ${inline(c.model)}`,
    `- Created: ${utc(c.createdAtMs)}`,
    `- Updated: ${utc(c.updatedAtMs)}`,
    `- Cost: ${formatUsd(c.costNanoUsd)}${others > 0 ? ', all branches' : ''}${missingCosts(c)}`,
    `- Tokens: ${c.totalTokens.toLocaleString('en')}`,
    ...(c.tags.length > 0 ? [`- Tags: ${c.tags.map(inline).join(', ')}`] : []),
    ...(c.forkedFrom ? [`- Forked from: ${sourceName(source)}`] : []),
    ...(others > 0 ? [`- ${others} other ${others === 1 ? 'branch' : 'branches'} not shown`] : []),
  ];
  const prompt = c.systemPrompt.trim() === '' ? [] : [details('System prompt', c.systemPrompt)];
  return [`# ${inline(c.title)}`, facts.join('\n'), ...prompt].join('\n\n');
}

/** Ends of branches that are not the one shown. */
function otherBranches(c: Conversation, branch: readonly Message[]): number {
  const parents = new Set([...c.messages.values()].map((m) => m.parentId));
  const shown = branch.at(-1)?.id;
  return [...c.messages.values()].filter((m) => !parents.has(m.id) && m.id !== shown).length;
}

/** A sum without the amounts that nobody knows must not look complete. */
function missingCosts(c: Conversation): string {
  const missing = [...c.messages.values()].filter((m) => m.cost.costNanoUsd === null && !isInherited(c, m)).length;
  return missing === 0 ? '' : `, plus ${missing} ${missing === 1 ? 'reply' : 'replies'} of unknown cost`;
}

const ROLES = { system: 'System', user: 'You', assistant: 'Assistant' } as const;

function entry(c: Conversation, m: Message, number: number): string {
  const parts = [`## ${number} · ${ROLES[m.role]}`, `*${factsOf(c, m).join(' · ')}*`];
  if (m.reasoning.trim() !== '') parts.push(details('Reasoning', m.reasoning));
  parts.push(...m.attachments.map(attachment));
  if (m.content.trim() !== '') parts.push(quoted(m.content));
  return parts.join('\n\n');
}

function factsOf(c: Conversation, m: Message): readonly string[] {
  const versions = siblingsOf(c, m);
  const { costNanoUsd, source } = m.cost;
  const cost = costNanoUsd === null || m.role !== 'assistant' ? costText(m) : `${formatUsd(costNanoUsd)} ${source}`;
  return [
    utc(m.createdAtMs),
    ...(m.model === undefined
      ? []
      : [`${inline(m.model)}${m.provider === undefined ? '' : ` by ${inline(m.provider)}`}`]),
    ...(cost === '' ? [] : [cost]),
    ...(m.state === 'complete' ? [] : [m.state === 'streaming' ? 'still streaming' : m.state]),
    ...(m.failure && saidIn(m.failure) !== '' ? [inline(saidIn(m.failure))] : []),
    ...(m.continues === undefined ? [] : [continued(m.continues, versions)]),
    ...(m.failedAttempts.length === 0 ? [] : [failedBefore(m.failedAttempts)]),
    ...(m.omittedMessages > 0 ? [`asked without the first ${m.omittedMessages} messages`] : []),
    ...(versions.length > 1 ? [`version ${versions.findIndex((v) => v.id === m.id) + 1} of ${versions.length}`] : []),
  ];
}

function continued(from: MessageId, versions: readonly Message[]): string {
  const version = versions.findIndex((v) => v.id === from) + 1;
  return version > 0 ? `continues version ${version}` : 'continues a reply that is not here';
}

/** The provider's words, or the code of a failure that this program found out by itself. */
const saidIn = ({ detail, reason, code }: Failure): string => (detail === '' && reason ? code : detail);

/** `after 2 failed requests: vendor/model (it is overloaded), vendor/other`. */
function failedBefore(attempts: readonly FailedAttempt[]): string {
  const each = attempts.map(
    ({ model, failure }) => `${inline(model)}${saidIn(failure) === '' ? '' : ` (${inline(saidIn(failure))})`}`,
  );
  return `after ${attempts.length} failed ${attempts.length === 1 ? 'request' : 'requests'}: ${each.join(', ')}`;
}

const attachment = (a: Attachment): string =>
  `**Attachment** ${inline(attachmentLabel(a))}\n\n${fenced(a.text, a.languageId)}`;

const details = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${fenced(text)}\n\n</details>`;

/** `2026-11-20 12:00:03 UTC`: the same wherever it is read. */
const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
