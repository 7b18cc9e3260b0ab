import type * as vscode from 'vscode';
import { type Disposable, Emitter } from '../domain/emitter';
import type { Connection, ConnectionSource } from '../domain/ports/provider';
import type { Logger } from '../domain/ports/system';

const ENVIRONMENT_KEY = 'OPENROUTER_API_KEY';
const OPENROUTER_ORIGINS: ReadonlySet<string> = new Set(['https://openrouter.ai', 'https://eu.openrouter.ai']);

export const isOpenRouter = (origin: string): boolean => OPENROUTER_ORIGINS.has(origin);

export interface KeyedConnectionsOptions {
  readonly secrets: vscode.SecretStorage;
  readonly settings: { readonly baseUrl: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/**
 * The base URL and its API key. Keys are stored in SecretStorage by the origin they were entered for, so a base URL of
 * another origin has no key. The key from the environment is used for OpenRouter only. The key is cached until it or
 * the base URL changes, because each read of SecretStorage is a call to another process.
 */
export class KeyedConnections implements ConnectionSource, Disposable {
  private cached: { readonly baseUrl: string; readonly connection: Promise<Connection> } | undefined;
  private readonly changes = new Emitter<void>((error) =>
    this.options.log.error(`a listener to the API key failed: ${String(error)}`),
  );
  /** Fires when a key has been stored or removed, in any window. */
  readonly onDidChange = this.changes.event;
  private readonly subscription: Disposable;

  constructor(private readonly options: KeyedConnectionsOptions) {
    this.subscription = options.secrets.onDidChange(() => {
      this.cached = undefined;
      this.changes.fire();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.changes.dispose();
  }

  /** Rejects when SecretStorage can't be read; the next call tries again. */
  current(): Promise<Connection> {
    const { baseUrl } = this.options.settings;
    if (this.cached?.baseUrl === baseUrl) return this.cached.connection;
    const cached = { baseUrl, connection: this.read(baseUrl) };
    this.cached = cached;
    cached.connection.catch(() => {
      if (this.cached === cached) this.cached = undefined;
    });
    return cached.connection;
  }

  /** @returns false when the key was not kept: some systems keep secrets in memory or not at all. */
  async setKey(origin: string, key: string): Promise<boolean> {
    const { secrets } = this.options;
    await this.changing(secrets.store(secretName(origin), key));
    return (await secrets.get(secretName(origin))) === key;
  }

  async clearKey(origin: string): Promise<void> {
    await this.changing(this.options.secrets.delete(secretName(origin)));
  }

  private async changing(change: Thenable<void>): Promise<void> {
    try {
      await change;
    } finally {
      // The change event may come later than this.
      this.cached = undefined;
    }
  }

  private async read(baseUrl: string): Promise<Connection> {
    const { origin } = new URL(baseUrl);
    const stored = await this.options.secrets.get(secretName(origin));
    const atOpenRouter = isOpenRouter(origin);
    const fromEnvironment = atOpenRouter ? nonEmpty(this.options.environment[ENVIRONMENT_KEY]) : undefined;
    return { baseUrl, origin, key: stored ?? fromEnvironment, keyRequired: atOpenRouter, isOpenRouter: atOpenRouter };
  }
}

const secretName = (origin: string): string => `key@${origin}`;

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
