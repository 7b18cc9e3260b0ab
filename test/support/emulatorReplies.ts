import { HTTP_ERRORS, type HttpError } from './emulatorErrors';
import { USAGE_SHAPES, type UsageShape } from './emulatorUsage';

/**
 * What the emulator answers to a prompt. Words in double brackets ask for a special case:
 * `[[long]]` about 20,000 characters, fast; `[[slow]]` a few tokens a second; `[[reasoning]]` thinks first;
 * `[[empty]]` no text; `[[error:NAME]]` an HTTP error (names in emulatorErrors.ts), `[[error-once:NAME]]` the same
 * only the first time; `[[html]]` a web page with status 200; `[[cut]]` the connection breaks mid-reply;
 * `[[stall]]` the reply stops and the connection stays open; `[[midstream-error]]` an error event mid-reply.
 * Beside any of them, `[[usage:NAME]]` a shape in which the usage is reported (names in emulatorUsage.ts).
 */
export interface Script {
  readonly content: string;
  readonly reasoning: string;
  /** From the emulator's usual pace to the pace of this reply. */
  readonly tokensPerSecond: (usual: number) => number;
  readonly fault: 'none' | 'html' | 'cut' | 'stall' | 'midstream-error';
  readonly httpError: HttpError | undefined;
  readonly errorOnlyOnce: boolean;
  readonly usage: UsageShape;
}

const ORDINARY: Omit<Script, 'content' | 'usage'> = {
  reasoning: '',
  tokensPerSecond: (usual) => usual,
  fault: 'none',
  httpError: undefined,
  errorOnlyOnce: false,
};

const SLOW_TOKENS_PER_SECOND = 8;
/** A long reply at the usual pace would take a minute. */
const LONG_REPLY_SPEED_UP = 10;

const USAGE_TAG = /\[\[usage:([a-z]+)\]\]/;

export function scriptFor(question: string, replyText: string | ((question: string) => string) | undefined): Script {
  const wanted = USAGE_TAG.exec(question)?.[1];
  return { ...caseFor(question, replyText), usage: USAGE_SHAPES.find((shape) => shape === wanted) ?? 'empty' };
}

function caseFor(
  question: string,
  replyText: string | ((question: string) => string) | undefined,
): Omit<Script, 'usage'> {
  const content = typeof replyText === 'function' ? replyText(question) : (replyText ?? helpfulReply(question));
  const tag = /\[\[([a-z-]+)(?::([a-z0-9-]+))?\]\]/.exec(question.replace(USAGE_TAG, ''));
  switch (tag?.[1]) {
    case 'long':
      return { ...ORDINARY, content: longReply(), tokensPerSecond: (usual) => usual * LONG_REPLY_SPEED_UP };
    case 'slow':
      return { ...ORDINARY, content: SLOW_REPLY, tokensPerSecond: () => SLOW_TOKENS_PER_SECOND };
    case 'reasoning':
      return {
        ...ORDINARY,
        content,
        reasoning: 'The question is about the emulator. I will answer it in plain words and show a short example.',
      };
    case 'empty':
      return { ...ORDINARY, content: '' };
    case 'error':
    case 'error-once':
      return {
        ...ORDINARY,
        content,
        httpError: HTTP_ERRORS[tag[2] ?? ''] ?? HTTP_ERRORS['500'],
        errorOnlyOnce: tag[1] === 'error-once',
      };
    case 'html':
    case 'cut':
    case 'stall':
    case 'midstream-error':
      return { ...ORDINARY, content, fault: tag[1] };
    default:
      return { ...ORDINARY, content };
  }
}

const SLOW_REPLY =
  'This reply takes its time, a few tokens a second, so that there is time to press Stop, to hide the panel or to watch the meter move. It ends by itself.';

function helpfulReply(question: string): string {
  const words = question.replace(/<attachment [\s\S]*?<\/attachment id="[^"]*">/g, '');
  const firstLine = words.trim().split('\n')[0] ?? '';
  const quoted = firstLine.length > 120 ? `${firstLine.slice(0, 117)}…` : firstLine;
  return [
    `You asked: **${quoted.replace(/[*_`[\]<>]/g, ' ').trim()}**`,
    'This is the **local emulator**, a small server on your own machine. No model has read your question and nothing is billed; ' +
      "the tokens and the price you see are counted from the emulator's own price list, the way the real service does it.",
    'A function in TypeScript, so that there is some code to look at:',
    [
      '```ts',
      'export function costOfReply(promptTokens: number, completionTokens: number): string {',
      '  const usd = promptTokens * 3e-6 + completionTokens * 15e-6;',
      '  return `$${usd.toFixed(6)}`;',
      '}',
      '```',
    ].join('\n'),
    'What to try next:',
    [
      '- choose another model and watch the price change',
      '- press **Stop** while a reply streams',
      '- set an API key to talk to a real model',
    ].join('\n'),
  ].join('\n\n');
}

const LONG_REPLY_CHARACTERS = 20_000;

function longReply(): string {
  const parts: string[] = [];
  for (let n = 1, length = 0; length < LONG_REPLY_CHARACTERS; n++) {
    const part =
      `## Section ${n}\n\nA long reply keeps the panel, the store and the meter busy. This is paragraph ${n}; it says nothing new, ` +
      `and it says it in *several* words, with \`inline code\` and a [link](https://example.com/${n}).\n\n` +
      (n % 5 === 0
        ? `\`\`\`ts\nconst section${n} = { index: ${n}, squared: ${n * n} };\nconsole.log(section${n});\n\`\`\`\n\n`
        : `- point ${n}.1\n- point ${n}.2\n\n`);
    parts.push(part);
    length += part.length;
  }
  return parts.join('').slice(0, LONG_REPLY_CHARACTERS);
}
