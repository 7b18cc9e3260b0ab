import * as z from 'zod';
import { fenced } from '../../domain/text';
import { type PeerDraft, aDraft, isPlainId, recordedCost, recordedUsage, timeOf } from './peerDraft';
import { toolCall, toolOutput } from './toolText';
import { imagesText } from './uiMessages';

/**
 * Messages as sent to the model: `api_conversation_history.json` of Cline and Roo Code in all versions, and the
 * messages of Cline's newer sessions. Content is a text or a list of blocks. A tool's output is in a user message and
 * is shown with the reply that called the tool.
 */
const messageSchema = z.object({
  role: z.enum(['user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(z.unknown())]),
  id: z.string().optional(),
  ts: z.number().optional(),
  modelInfo: z
    .object({
      id: z.string().optional(),
      modelId: z.string().optional(),
      provider: z.string().optional(),
      providerId: z.string().optional(),
    })
    .optional(),
  metrics: z
    .object({
      inputTokens: z.number().optional(),
      outputTokens: z.number().optional(),
      cacheReadTokens: z.number().optional(),
      cacheWriteTokens: z.number().optional(),
      cost: z.number().optional(),
    })
    .optional(),
});
type ChatMessage = z.infer<typeof messageSchema>;

const blockSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  name: z.string().optional(),
  toolName: z.string().optional(),
  input: z.unknown().optional(),
  args: z.unknown().optional(),
  content: z.unknown().optional(),
  output: z.unknown().optional(),
  path: z.string().optional(),
});
type Block = z.infer<typeof blockSchema>;

/** Context that these extensions add to every question: files in the editor, time, mode. */
const SURROUNDINGS = /<environment_details>[\s\S]*?(?:<\/environment_details>|$)/g;
/** Tags around the user's text. */
const WRAPPINGS = /<\/?(?:task|feedback|answer|user_message|user_input)(?:\s[^>]*)?>/g;

export interface ChatReading {
  readonly drafts: readonly PeerDraft[];
  readonly unreadableMessages: number;
  readonly images: number;
}

export function readChatMessages(messages: readonly unknown[]): ChatReading {
  const reader = new ChatReader();
  let unreadableMessages = 0;
  for (const [at, message] of messages.entries()) {
    const parsed = messageSchema.safeParse(message);
    if (parsed.success) reader.take(parsed.data, at);
    else unreadableMessages += 1;
  }
  return { drafts: reader.drafts, unreadableMessages, images: reader.images };
}

class ChatReader {
  readonly drafts: PeerDraft[] = [];
  images = 0;
  private readonly keys = new Set<string>();

  take(message: ChatMessage, at: number): void {
    const blocks =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : blocksOf(message.content);
    const isAnswerOfTools =
      message.role === 'tool' || (message.role === 'user' && blocks.length > 0 && blocks.every(isToolResult));
    const last = this.drafts.at(-1);
    const draft = isAnswerOfTools && last?.role === 'assistant' ? last : this.draft(message, at);
    for (const block of blocks) this.add(draft, block);
    if (draft.role === 'assistant' && !isAnswerOfTools) describe(draft, message);
  }

  private draft(message: ChatMessage, at: number): PeerDraft {
    const own = message.id !== undefined && isPlainId(message.id) && !this.keys.has(message.id) ? message.id : `n${at}`;
    this.keys.add(own);
    const draft = aDraft(own, message.role === 'assistant' ? 'assistant' : 'user', timeOf(message.ts));
    this.drafts.push(draft);
    return draft;
  }

  private add(draft: PeerDraft, block: Block): void {
    const images = imagesIn(block);
    this.images += images;
    if (isReasoning(block)) {
      const thought = block.thinking ?? block.text ?? '';
      if (thought !== '') draft.reasoning.push(thought);
      return;
    }
    const text = blockText(block, draft.role);
    if (text !== '') draft.parts.push(text);
    if (images > 0) draft.parts.push(imagesText(images));
  }
}

const blocksOf = (content: readonly unknown[]): readonly Block[] =>
  content.flatMap((block) => {
    const parsed = blockSchema.safeParse(block);
    return parsed.success ? [parsed.data] : [];
  });

const isToolResult = (block: Block): boolean => block.type === 'tool_result' || block.type === 'tool-result';
const isReasoning = (block: Block): boolean => block.type === 'thinking' || block.type === 'reasoning';
const isImage = (block: Block): boolean =>
  block.type === 'image' || block.type === 'media' || block.type === 'imageUrl' || block.type === 'image_url';
const imagesIn = (block: Block): number =>
  isImage(block)
    ? 1
    : isToolResult(block) && Array.isArray(block.content)
      ? blocksOf(block.content).filter(isImage).length
      : 0;

function blockText(block: Block, role: PeerDraft['role']): string {
  switch (block.type) {
    case 'text': {
      const text = block.text ?? '';
      return role === 'user' ? text.replace(SURROUNDINGS, '').replace(WRAPPINGS, '').trim() : text.trim();
    }
    case 'tool_use':
    case 'tool-call':
      return toolCall(block.name ?? block.toolName ?? '', block.input ?? block.args);
    case 'tool_result':
    case 'tool-result':
      return toolOutput('Output', outputText(block.content ?? block.output));
    case 'file':
      return typeof block.content === 'string'
        ? `**File** \`${(block.path ?? '').replace(/`/g, '´')}\`\n\n${fenced(block.content)}`
        : '';
    default:
      return '';
  }
}

function outputText(output: unknown): string {
  if (typeof output === 'string') return output;
  if (Array.isArray(output))
    return blocksOf(output)
      .map((b) => b.text ?? (typeof b.content === 'string' ? b.content : ''))
      .filter((text) => text !== '')
      .join('\n');
  const wrapped = z.object({ value: z.unknown() }).safeParse(output);
  if (wrapped.success)
    return typeof wrapped.data.value === 'string' ? wrapped.data.value : JSON.stringify(wrapped.data.value ?? '');
  return output === undefined || output === null ? '' : JSON.stringify(output);
}

function describe(draft: PeerDraft, { modelInfo, metrics }: ChatMessage): void {
  const model = modelInfo?.id ?? modelInfo?.modelId;
  const provider = modelInfo?.provider ?? modelInfo?.providerId;
  if (model) draft.model = model;
  if (provider) draft.provider = provider;
  if (!metrics) return;
  const usage = recordedUsage(
    metrics.inputTokens ?? 0,
    metrics.outputTokens ?? 0,
    metrics.cacheReadTokens ?? 0,
    metrics.cacheWriteTokens ?? 0,
  );
  if (usage) draft.usage = usage;
  if (metrics.cost !== undefined) draft.cost = recordedCost(metrics.cost);
}
