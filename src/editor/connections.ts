import type * as vscode from 'vscode';
import type { Connection, ConnectionSource } from '../domain/ports/provider';
import { type EditorSettings, isOpenRouter } from './settings';

const ENVIRONMENT_KEY = 'OPENROUTER_API_KEY';

/**
 * Keys live in SecretStorage under the origin they were entered for; another base URL finds no key. The
 * environment's key is OpenRouter's by its name and goes nowhere else.
 */
export class KeyedConnections implements ConnectionSource {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly settings: EditorSettings,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

  async current(): Promise<Connection> {
    const { baseUrl } = this.settings;
    const { origin } = new URL(baseUrl);
    const stored = await this.secrets.get(secretName(origin));
    const atOpenRouter = isOpenRouter(origin);
    const key = stored ?? (atOpenRouter ? nonEmpty(this.environment[ENVIRONMENT_KEY]) : undefined);
    return { baseUrl, origin, key, keyRequired: atOpenRouter, isOpenRouter: atOpenRouter };
  }

  /** @returns false when the key did not stay: some systems keep secrets in memory or not at all. */
  async setKey(origin: string, key: string): Promise<boolean> {
    await this.secrets.store(secretName(origin), key);
    return (await this.secrets.get(secretName(origin))) === key;
  }

  async clearKey(origin: string): Promise<void> {
    await this.secrets.delete(secretName(origin));
  }
}

const secretName = (origin: string): string => `key@${origin}`;

const nonEmpty = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim();
