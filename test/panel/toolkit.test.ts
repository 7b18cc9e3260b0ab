import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { usePanels } from './panelSuite';
import { streamingView } from './viewFixtures';

/** Folders of a package anywhere in the tree, including nested copies. */
function copiesOf(name: string, folder = 'node_modules'): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inside = path.join(folder, entry.name);
    if (inside.endsWith(path.join('node_modules', name))) found.push(inside);
    else if (entry.name.startsWith('@')) found.push(...copiesOf(name, inside));
    if (readdirSync(inside).includes('node_modules')) found.push(...copiesOf(name, path.join(inside, 'node_modules')));
  }
  return found;
}

describe('toolkit', () => {
  const panels = usePanels();

  it('has one copy of its base library: a second one silently takes every style away', () => {
    assert.deepEqual(copiesOf('@microsoft/fast-element'), [path.join('node_modules', '@microsoft', 'fast-element')]);
  });

  it('applies its components’ styles', async () => {
    const panel = await panels.open();
    await panel.show(streamingView());
    await panel.answer('listConversations', null);
    await panel.page.getByRole('button', { name: 'History' }).click();
    await panel.page.locator('vscode-text-field').waitFor();
    const sheets = await panel.page
      .locator('vscode-button, vscode-text-field')
      .evaluateAll((all: { localName: string; shadowRoot: { adoptedStyleSheets: unknown[] } | null }[]) =>
        all.map((one) => [one.localName, one.shadowRoot?.adoptedStyleSheets.length ?? 0]),
      );
    assert.ok(sheets.length >= 3);
    for (const [name, count] of sheets) assert.ok(Number(count) > 0, String(name));
  });
});
