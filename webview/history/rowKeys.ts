import type { RowTool } from './historyRow';

/** Keys that do to the reached row what its icons do. */
const TOOL_KEYS: Readonly<Record<string, RowTool>> = {
  F2: 'rename',
  t: 'tag',
  p: 'pin',
  a: 'archive',
  Delete: 'delete',
};

/** The tool that a key stands for; null with a modifier, so that the editor's own chords stay. */
export function toolForKey(event: KeyboardEvent): RowTool | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  return TOOL_KEYS[event.key] ?? null;
}
