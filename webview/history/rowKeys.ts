import type { RowTool } from './historyRow';

/** Keys for the tools of the focused row. */
const TOOL_KEYS: Readonly<Record<string, RowTool>> = {
  F2: 'rename',
  t: 'tag',
  p: 'pin',
  a: 'archive',
  Delete: 'delete',
};

/** The tool for a key. Null with a modifier, so that the editor's shortcuts work. */
export function toolForKey(event: KeyboardEvent): RowTool | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  return TOOL_KEYS[event.key] ?? null;
}
