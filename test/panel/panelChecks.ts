import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { PanelPage } from './panelPage';

export const composerOf = (panel: PanelPage): Locator => panel.page.getByRole('textbox', { name: 'Message' });

export async function eventually(check: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

interface Focusable {
  getRootNode(): { activeElement?: unknown };
}

export const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element: Focusable) => element.getRootNode().activeElement === element);
