import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';

const EVENT_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** Waits until `condition` holds. @returns what it returned. */
export async function until<T>(condition: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  const deadlineMs = performance.now() + EVENT_TIMEOUT_MS;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadlineMs) assert.fail(`${what}: not within ${EVENT_TIMEOUT_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

/** Names of the files below a folder that contain the text. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const holding: string[] = [];
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const content = await readFile(path.join(file.parentPath, file.name)).catch(() => Buffer.of());
    if (content.includes(text)) holding.push(file.name);
  }
  return holding;
}

/** Runs in the page: resolves after the next frame, once finite animations have ended and fonts are loaded. */
const DRAWN = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await frame();
  const finite = document.getAnimations().filter((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime));
  await Promise.allSettled(finite.map((one) => one.finished));
  await document.fonts.ready;
  await frame();
})()`;

/** Waits until a picture shows what is there: layout, fonts and animations are done in the window and its panels. */
export async function drawn(page: Page, ...frames: readonly Frame[]): Promise<void> {
  for (const one of [page, ...frames]) await one.evaluate(DRAWN);
}
