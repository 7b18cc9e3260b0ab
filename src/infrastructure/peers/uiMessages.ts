import * as z from 'zod';
import type { Cost } from '../../domain/conversation';
import { parseJson } from '../../domain/text';
import { type PeerDraft, aDraft, addedCost, recordedCost, recordedUsage, timeOf } from './peerDraft';
import { toolCall, toolOutput } from './toolText';

/**
 * `ui_messages.json` of Cline and its fork Roo Code: the displayed rows, in order. A row is something that the agent
 * says or asks. `api_req_started` begins a reply; tokens and cost are added to it later.
 */
const rowSchema = z.object({
  ts: z.number(),
  type: z.enum(['say', 'ask']),
  say: z.string().optional(),
  ask: z.string().optional(),
  text: z.string().optional(),
  reasoning: z.string().optional(),
  images: z.array(z.unknown()).optional(),
  files: z.array(z.string()).optional(),
  partial: z.boolean().optional(),
  modelInfo: z.object({ modelId: z.string().optional(), providerId: z.string().optional() }).optional(),
  contextCondense: z.object({ summary: z.string().optional(), cost: z.number().optional() }).optional(),
});
type Row = z.infer<typeof rowSchema>;

const requestSchema = z.object({
  tokensIn: z.number().optional(),
  tokensOut: z.number().optional(),
  cacheWrites: z.number().optional(),
  cacheReads: z.number().optional(),
  cost: z.number().optional(),
  cancelReason: z.string().optional(),
  streamingFailedMessage: z.string().optional(),
});

const askedSchema = z.object({
  question: z.string().optional(),
  response: z.string().optional(),
  options: z.array(z.string()).optional(),
  suggest: z.array(z.union([z.string(), z.object({ answer: z.string() }).transform((s) => s.answer)])).optional(),
});
const toolSchema = z.looseObject({
  tool: z.string().optional(),
  toolName: z.string().optional(),
  action: z.string().optional(),
  serverName: z.string().optional(),
});

/** Rows about the program, not about the conversation. */
const SILENT = new Set([
  'api_req_finished',
  'api_req_retried',
  'api_req_retry_delayed',
  'api_req_rate_limited',
  'checkpoint_saved',
  'checkpoint_created',
  'resume_task',
  'resume_completed_task',
  'shell_integration_warning',
  'shell_integration_warning_with_suggestion',
  'mcp_server_request_started',
  'browser_session_status',
  'browser_action_result',
  'load_mcp_documentation',
  'task_progress',
  'hook_status',
  'hook_output_stream',
  'conditional_rules_applied',
  'sliding_window_truncation',
  'compaction',
  'mcp_notification',
  'auto_approval_max_req_reached',
  'report_bug',
  'user_edit_todos',
]);
const FROM_USER = new Set(['task', 'user_feedback', 'user_feedback_diff']);
/** Cline's suffix of a result that changed files. */
const CHANGES_FLAG = /HAS_CHANGES$/;
const MAX_DETAIL_CHARACTERS = 1_000;

export interface UiReading {
  readonly drafts: readonly PeerDraft[];
  /** Rows in an unknown format. */
  readonly unreadableRows: number;
  readonly images: number;
  /** Cost of requests that were later removed from the task. */
  readonly removedCost: Cost | undefined;
}

export function readUiMessages(rows: readonly unknown[]): UiReading {
  const reader = new UiReader();
  let unreadableRows = 0;
  for (const row of rows) {
    const parsed = rowSchema.safeParse(row);
    if (parsed.success) reader.take(parsed.data);
    else unreadableRows += 1;
  }
  return { drafts: reader.drafts, unreadableRows, images: reader.images, removedCost: reader.removedCost };
}

class UiReader {
  readonly drafts: PeerDraft[] = [];
  images = 0;
  removedCost: Cost | undefined;
  private readonly keys = new Map<string, number>();
  private reply: PeerDraft | undefined;

  take(row: Row): void {
    const kind = (row.type === 'say' ? row.say : row.ask) ?? '';
    this.images += row.images?.length ?? 0;
    if (FROM_USER.has(kind) || (this.drafts.length === 0 && kind === 'text')) return this.userSaid(row);
    if (kind === 'api_req_started') return this.started(row);
    if (kind === 'subagent_usage') return this.addCost(row, requestOf(row.text).cost);
    if (kind === 'deleted_api_reqs' || kind === 'api_req_deleted')
      this.removedCost = addedCost(this.removedCost, recordedCost(requestOf(row.text).cost));
    else if (!SILENT.has(kind)) this.said(row, kind);
  }

  private userSaid(row: Row): void {
    const draft = this.draft(row, 'user');
    if (row.text) draft.parts.push(row.text);
    for (const file of row.files ?? []) draft.parts.push(`*Attached file:* \`${file.replace(/`/g, '´')}\``);
    if (row.images?.length) draft.parts.push(imagesText(row.images.length));
    this.reply = undefined;
  }

  private started(row: Row): void {
    this.reply = this.draft(row, 'assistant');
    const request = requestOf(row.text);
    const usage = recordedUsage(
      request.tokensIn ?? 0,
      request.tokensOut ?? 0,
      request.cacheReads ?? 0,
      request.cacheWrites ?? 0,
    );
    if (usage) this.reply.usage = usage;
    if (request.cost !== undefined) this.reply.cost = recordedCost(request.cost);
    if (request.cancelReason === 'user_cancelled') this.reply.state = 'cancelled';
    else if (request.cancelReason !== undefined) this.failed(this.reply, request.streamingFailedMessage ?? '');
    this.nameModel(this.reply, row);
  }

  private failed(reply: PeerDraft, detail: string): void {
    reply.state = 'failed';
    reply.failure = { code: 'UPSTREAM', detail: detail.slice(0, MAX_DETAIL_CHARACTERS) };
  }

  private said(row: Row, kind: string): void {
    const text = textOf(row, kind);
    if (text === '' && !row.reasoning && !row.images?.length) return;
    this.reply ??= this.draft(row, 'assistant');
    const { reply } = this;
    this.nameModel(reply, row);
    if (row.reasoning) reply.reasoning.push(row.reasoning);
    if (kind === 'reasoning') reply.reasoning.push(text);
    // A result is often followed by a question with the same text.
    else if (text !== '' && reply.parts.at(-1) !== text) reply.parts.push(text);
    if (row.images?.length) reply.parts.push(imagesText(row.images.length));
    if (row.partial && reply.state === 'complete') reply.state = 'interrupted';
    if (kind === 'condense_context') this.addCost(row, row.contextCondense?.cost);
  }

  /** Adds the cost of a summary or a subagent. */
  private addCost(row: Row, costUsd: number | undefined): void {
    if (costUsd === undefined) return;
    this.reply ??= this.draft(row, 'assistant');
    this.reply.cost = addedCost(this.reply.cost, recordedCost(costUsd));
  }

  private nameModel(reply: PeerDraft, { modelInfo }: Row): void {
    if (modelInfo?.modelId) reply.model = modelInfo.modelId;
    if (modelInfo?.providerId) reply.provider = modelInfo.providerId;
  }

  private draft({ ts }: Row, role: PeerDraft['role']): PeerDraft {
    const atMs = timeOf(ts);
    const key = atMs === null ? `n${this.drafts.length}` : String(atMs);
    const times = this.keys.get(key) ?? 0;
    this.keys.set(key, times + 1);
    const draft = aDraft(times === 0 ? key : `${key}-${times}`, role, atMs);
    this.drafts.push(draft);
    return draft;
  }
}

export const imagesText = (count: number): string =>
  `*${count === 1 ? 'An image' : `${count} images`}, not taken over*`;

function textOf(row: Row, kind: string): string {
  const text = row.text ?? '';
  switch (kind) {
    case 'completion_result':
    case 'plan_completion_result':
      return text.replace(CHANGES_FLAG, '').trim();
    case 'followup':
    case 'plan_mode_respond':
    case 'act_mode_respond':
      return askedText(text);
    case 'tool':
    case 'use_mcp_server':
    case 'browser_action':
    case 'use_subagents':
      return text === '' ? '' : toolText(kind, text);
    case 'browser_action_launch':
      return toolCall('browser', { url: text });
    case 'command':
      return text === '' ? '' : toolCall('command', { command: text });
    case 'command_output':
    case 'mcp_server_response':
    case 'subtask_result':
    case 'codebase_search_result':
      return text === '' ? '' : toolOutput('Output', text);
    case 'error':
    case 'diff_error':
    case 'clineignore_error':
    case 'rooignore_error':
    case 'api_req_failed':
    case 'mistake_limit_reached':
    case 'condense_context_error':
    case 'command_permission_denied':
      return text === '' ? '' : `**Error:** ${text}`;
    case 'condense_context':
      return row.contextCondense?.summary ? toolOutput('Summary of what came before', row.contextCondense.summary) : '';
    default:
      return text;
  }
}

function askedText(text: string): string {
  const asked = askedSchema.safeParse(parseJson(text));
  if (!asked.success) return text;
  const { question, response, options, suggest } = asked.data;
  return [question ?? response ?? '', (options ?? suggest ?? []).map((o) => `- ${o}`).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function toolText(kind: string, text: string): string {
  const tool = toolSchema.safeParse(parseJson(text));
  if (!tool.success) return toolCall(kind, text);
  const { tool: name, toolName, action, serverName, ...rest } = tool.data;
  return toolCall(name ?? ([serverName, toolName].filter(Boolean).join('.') || kind), {
    ...(action === undefined ? {} : { action }),
    ...rest,
  });
}

const requestOf = (text: string | undefined): z.infer<typeof requestSchema> => {
  const request = requestSchema.safeParse(parseJson(text ?? ''));
  return request.success ? request.data : {};
};
