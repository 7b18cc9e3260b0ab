import * as vscode from 'vscode';
import { modelId } from '../domain/ids';
import { type NanoUsd, decimalOf, toNanoUsd } from '../domain/money';
import type { Settings, SettingsSource } from '../domain/ports/settings';
import type { PanelView } from '../protocol/views';
import { CONFIGURATION_SECTION, SETTINGS } from './contributions';

export const DEFAULT_BASE_URL = 'https://openrouter.ai/api/v1';
const OPENROUTER_ORIGINS: ReadonlySet<string> = new Set(['https://openrouter.ai', 'https://eu.openrouter.ai']);

export const isOpenRouter = (origin: string): boolean => OPENROUTER_ORIGINS.has(origin);

/** Limits by the names of their settings. */
export type LimitName = 'perReplyUsd' | 'perConversationUsd' | 'dailyUsd' | 'monthlyUsd';

/**
 * Settings as the domain wants them. What decides where money and keys go is application-scoped in package.json
 * and read here from the user's own settings only: a workspace file cannot say anything about it, however the
 * editor merges its layers.
 */
export class EditorSettings implements SettingsSource {
  current(): Settings {
    return {
      defaultModel: modelId(text(SETTINGS.model, 'anthropic/claude-sonnet-5')),
      temperature: ownValue(SETTINGS.temperature, isNumberIn(0, 2)) ?? null,
      maxOutputTokens: ownValue(SETTINGS.maxOutputTokens, isNumberIn(16, 1_000_000)) ?? 8192,
      minIntervalMs: ownValue(SETTINGS.minIntervalMs, isNumberIn(0, 60_000)) ?? 2000,
      reserveTokens: ownValue(SETTINGS.reserveTokens, isNumberIn(16, 1_000_000)) ?? 4096,
      replyLimitNanoUsd: limit(SETTINGS.perReplyUsd, 0),
      conversationLimitNanoUsd: limit(SETTINGS.perConversationUsd, 0),
      dailyLimitNanoUsd: limit(SETTINGS.dailyUsd, 5),
      monthlyLimitNanoUsd: limit(SETTINGS.monthlyUsd, 0),
      warnAtPercent: ownValue(SETTINGS.warnAtPercent, isNumberIn(1, 100)) ?? 80,
      fallbackModels: (ownValue(SETTINGS.fallbackModels, Array.isArray) ?? [])
        .filter(isText)
        .map((id) => modelId(id.trim())),
      circuitFailureThreshold: Math.round(ownValue(SETTINGS.circuitFailureThreshold, isNumberIn(1, 100)) ?? 5),
      circuitRecoveryMs: (ownValue(SETTINGS.circuitRecoverySeconds, isNumberIn(5, 3600)) ?? 30) * 1000,
      budgetMode: text(SETTINGS.budgetMode, 'hard') === 'warn' ? 'warn' : 'hard',
    };
  }

  /** Without a trailing slash. An address that is not http(s) falls back to OpenRouter's. */
  get baseUrl(): string {
    const configured = text(SETTINGS.baseUrl, DEFAULT_BASE_URL).trim().replace(/\/+$/, '');
    const url = URL.canParse(configured) ? new URL(configured) : undefined;
    return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === ''
      ? configured
      : DEFAULT_BASE_URL;
  }

  get exposure(): PanelView['theme'] {
    const value = text(SETTINGS.exposure, 'auto');
    return value === 'phosphor' || value === 'thermal' || value === 'contrast' || value === 'editor' ? value : 'auto';
  }

  get idleTimeoutMs(): number {
    return (ownValue(SETTINGS.idleTimeoutSeconds, isNumberIn(5, 3600)) ?? 60) * 1000;
  }

  get totalTimeoutMs(): number {
    return (ownValue(SETTINGS.maxMinutes, isNumberIn(1, 240)) ?? 30) * 60_000;
  }

  /** In the user's settings, where every window sees it at once. 0 removes the limit. */
  async setLimit(limit: LimitName, usd: number): Promise<void> {
    await vscode.workspace
      .getConfiguration(CONFIGURATION_SECTION)
      .update(SETTINGS[limit], usd, vscode.ConfigurationTarget.Global);
  }

  async setDefaultModel(id: string): Promise<void> {
    await vscode.workspace
      .getConfiguration(CONFIGURATION_SECTION)
      .update(SETTINGS.model, id, vscode.ConfigurationTarget.Global);
  }
}

/** The value from the user's own settings; anything of the wrong type counts as not set. */
function ownValue<T>(key: string, is: (value: unknown) => value is T): T | undefined {
  const value: unknown = vscode.workspace.getConfiguration(CONFIGURATION_SECTION).inspect(key)?.globalValue;
  return is(value) ? value : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isNumberIn =
  (min: number, max: number) =>
  (value: unknown): value is number =>
    typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;

const text = (key: string, fallback: string): string => ownValue(key, isText) ?? fallback;

/** 0 means no limit. A limit that cannot be read is the default one, never none. */
function limit(key: string, defaultUsd: number): NanoUsd | null {
  const usd = decimalOf(ownValue(key, isNumberIn(0, 1_000_000)) ?? defaultUsd);
  return usd && usd.digits > 0n ? toNanoUsd(usd, 'nearest') : null;
}
