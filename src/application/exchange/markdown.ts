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
import { attachmentLabel } from '../../domain/prompt';
import { costText } from '../panel/entryPresenter';
import type { DocumentWords } from './documentWords';
import { inline, quoted } from './markdownText';

/**
 * The active branch as a Markdown document. Headings and rules belong to the document; messages stand in quotations and
 * fences, which they can't break out of.
 *
 * @param source the conversation that this one was forked from, if it still exists.
 */
export function markdownOf(words: DocumentWords, conversation: Conversation, source?: ConversationSummary): string {
  const branch = activeBranch(conversation);
  const firstOwn = branch.findIndex((m) => !isInherited(conversation, m));
  const entries = branch.flatMap((message, at) => [
    ...(at > 0 && at === firstOwn ? ['---', `*${words.forkedHere(sourceName(source))}*`] : []),
    entry(words, conversation, message, at + 1),
  ]);
  return `${[header(words, conversation, branch, source), ...entries].join('\n\n')}\n`;
}

const sourceName = (source: ConversationSummary | undefined): string | undefined =>
  source && `${runLabel(source.runNumber)} ${inline(source.title)}`;

function header(
  words: DocumentWords,
  c: Conversation,
  branch: readonly Message[],
  source: ConversationSummary | undefined,
): string {
  const facts = words.facts({
    numberLabel: runLabel(c.runNumber),
    model: inline(c.model),
    createdAt: utc(c.createdAtMs),
    updatedAt: utc(c.updatedAtMs),
    costNanoUsd: c.costNanoUsd,
    repliesWithoutCost: repliesWithoutCost(c),
    totalTokens: c.totalTokens,
    tags: c.tags.map(inline),
    fork: c.forkedFrom ? { source: sourceName(source) } : null,
    hiddenBranches: hiddenBranches(c, branch),
  });
  const prompt = c.systemPrompt.trim() === '' ? [] : [details(words.systemPrompt(), c.systemPrompt)];
  return [`# ${inline(c.title)}`, facts.map((fact) => `- ${fact}`).join('\n'), ...prompt].join('\n\n');
}

/** Branches other than the active one. */
function hiddenBranches(c: Conversation, branch: readonly Message[]): number {
  const parents = new Set([...c.messages.values()].map((m) => m.parentId));
  const shown = branch.at(-1)?.id;
  return [...c.messages.values()].filter((m) => !parents.has(m.id) && m.id !== shown).length;
}

const repliesWithoutCost = (c: Conversation): number =>
  [...c.messages.values()].filter((m) => m.cost.costNanoUsd === null && !isInherited(c, m)).length;

function entry(words: DocumentWords, c: Conversation, m: Message, number: number): string {
  const parts = [`## ${number} · ${words.role(m.role)}`, `*${factsOf(words, c, m).join(' · ')}*`];
  if (m.reasoning.trim() !== '') parts.push(details(words.reasoning(), m.reasoning));
  parts.push(...m.attachments.map((a) => attachment(words, a)));
  if (m.content.trim() !== '') parts.push(quoted(m.content));
  return parts.join('\n\n');
}

function factsOf(words: DocumentWords, c: Conversation, m: Message): readonly string[] {
  const versions = siblingsOf(c, m);
  const versionOf = (id: Message['id']): number => versions.findIndex((v) => v.id === id) + 1;
  const cost = m.cost.costNanoUsd === null || m.role !== 'assistant' ? costText(words, m) : words.replyCost(m.cost);
  return [
    utc(m.createdAtMs),
    modelOf(words, m),
    cost,
    m.state === 'complete' ? '' : words.state(m.state),
    m.failure ? inline(saidIn(m.failure)) : '',
    m.continues === undefined ? '' : words.continues(versionOf(m.continues) || undefined),
    m.failedAttempts.length === 0 ? '' : words.failedRequests(m.failedAttempts.length, failedModels(m.failedAttempts)),
    m.omittedMessages > 0 ? words.omitted(m.omittedMessages) : '',
    versions.length > 1 ? words.version(versionOf(m.id), versions.length) : '',
  ].filter((fact) => fact !== '');
}

function modelOf(words: DocumentWords, { model, provider }: Message): string {
  if (model === undefined) return '';
  return provider === undefined ? inline(model) : words.modelAndProvider(inline(model), inline(provider));
}

/** The provider's own words, or the code of a failure that was detected here. */
const saidIn = ({ detail, reason, code }: Failure): string => (detail === '' && reason ? code : detail);

/** `vendor/model (it is overloaded), vendor/other`. */
const failedModels = (attempts: readonly FailedAttempt[]): string =>
  attempts
    .map(({ model, failure }) => `${inline(model)}${saidIn(failure) === '' ? '' : ` (${inline(saidIn(failure))})`}`)
    .join(', ');

const attachment = (words: DocumentWords, a: Attachment): string =>
  `**${words.attachment()}** ${inline(attachmentLabel(a))}\n\n${fenced(a.text, a.languageId)}`;

const details = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${fenced(text)}\n\n</details>`;

/** `2026-11-20 12:00:03 UTC`, the same for every reader. */
const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
