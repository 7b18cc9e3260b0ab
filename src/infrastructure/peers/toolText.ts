import { fenced } from '../../domain/text';

/** Longest output of one tool, in characters. Longer output is usually a file that the tool read. */
const MAX_OUTPUT_CHARACTERS = 50_000;

/** A tool call as Markdown: its name, short arguments as a list, long ones as blocks. */
export function toolCall(name: string, input: unknown): string {
  const lines = [`**Tool** \`${name.replace(/[`\s]+/g, ' ').trim() || 'unnamed'}\``];
  const blocks: string[] = [];
  for (const [key, value] of argumentsOf(input)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text === undefined || text === '') continue;
    if (text.includes('\n') || text.length > 200) blocks.push(`${key}:\n\n${fenced(shortened(text))}`);
    else lines.push(`- ${key}: \`${text.replace(/`/g, '´')}\``);
  }
  return [lines.join('\n'), ...blocks].join('\n\n');
}

/** The output of a tool, a command or a server. */
export function toolOutput(label: string, output: string): string {
  return output.trim() === '' ? `**${label}** (nothing)` : `**${label}**\n\n${fenced(shortened(output))}`;
}

function argumentsOf(input: unknown): readonly (readonly [string, unknown])[] {
  if (typeof input === 'string') return readArguments(input);
  if (Array.isArray(input)) return [['input', input]];
  return typeof input === 'object' && input !== null ? Object.entries(input) : [];
}

/** Arguments are an object or JSON text, which is incomplete in an interrupted reply. */
function readArguments(text: string): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return argumentsOf(value);
  } catch {
    // Shown as text.
  }
  return [['input', text]];
}

function shortened(text: string): string {
  if (text.length <= MAX_OUTPUT_CHARACTERS) return text;
  return `${text.slice(0, MAX_OUTPUT_CHARACTERS)}\n… ${text.length - MAX_OUTPUT_CHARACTERS} more characters were left out on import`;
}
