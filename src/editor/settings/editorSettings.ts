import * as vscode from 'vscode';
import { type Disposable, Emitter } from '../../domain/emitter';
import { modelId } from '../../domain/ids';
import { type NanoUsd, decimalOf, toNanoUsd } from '../../domain/money';
import type { Settings, SettingsSource } from '../../domain/ports/settings';
import type { Logger } from '../../domain/ports/system';
import { redactKeys } from '../../domain/redaction';
import { CONFIGURATION_SECTION } from '../contributions';
import { type LimitName, type LimitSetting, type SettingDefinition, SETTINGS, settingId } from './definitions';
import {
  type Parsed,
  type Parser,
  parseAddress,
  parseChoice,
  parseLimit,
  parseNumber,
  parseOptionalNumber,
  parseText,
  parseTextList,
} from './parsing';

const MAX_SHOWN_VALUE_LENGTH = 80;

export type Theme = keyof typeof SETTINGS.theme.choices;

/** The application's settings, and those that only the host needs. */
interface AllSettings {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly theme: Theme;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/**
 * The user's settings, read from the editor once per change. Values of a workspace or folder are ignored, because
 * settings decide where keys go and what may be spent.
 */
export class EditorSettings implements SettingsSource, Disposable {
  private cached: AllSettings | undefined;
  /** The last invalid value of each setting that was logged, so that a change of another setting doesn't log it again. */
  private readonly reported = new Map<string, string>();
  private readonly changes = new Emitter<void>((error) =>
    this.log.error(`a listener to the settings failed: ${String(error)}`),
  );
  /** Fires when one of our settings has changed, in any window. The new values can already be read. */
  readonly onDidChange = this.changes.event;
  private readonly subscription: Disposable;

  constructor(private readonly log: Logger) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(CONFIGURATION_SECTION)) return;
      this.cached = undefined;
      this.changes.fire();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.changes.dispose();
  }

  /** The same object until a setting changes. */
  current(): Settings {
    return this.all().settings;
  }

  /** Without a trailing slash. */
  get baseUrl(): string {
    return this.all().baseUrl;
  }

  get theme(): Theme {
    return this.all().theme;
  }

  get idleTimeoutMs(): number {
    return this.all().idleTimeoutMs;
  }

  get totalTimeoutMs(): number {
    return this.all().totalTimeoutMs;
  }

  /** Writes the user setting, which applies to all windows. 0 removes the limit. */
  setLimit(limit: LimitName, usd: number): Promise<void> {
    return this.update(SETTINGS[limit], usd);
  }

  setDefaultModel(id: string): Promise<void> {
    return this.update(SETTINGS.model, id);
  }

  private async update({ key }: SettingDefinition, value: unknown): Promise<void> {
    await vscode.workspace
      .getConfiguration(CONFIGURATION_SECTION)
      .update(key, value, vscode.ConfigurationTarget.Global);
    // The change event may come later than this.
    this.cached = undefined;
  }

  private all(): AllSettings {
    return (this.cached ??= this.read());
  }

  private read(): AllSettings {
    const configuration = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
    const read = <D extends SettingDefinition, T>(parse: Parser<D, T>, definition: D): T => {
      const raw: unknown = configuration.inspect(definition.key)?.globalValue;
      return this.checked(definition, raw, parse(definition, raw));
    };
    const limit = (definition: LimitSetting): NanoUsd | null => limitNanoUsd(read(parseLimit, definition));
    return {
      settings: {
        defaultModel: modelId(read(parseText, SETTINGS.model)),
        temperature: read(parseOptionalNumber, SETTINGS.temperature),
        maxOutputTokens: read(parseNumber, SETTINGS.maxOutputTokens),
        minIntervalMs: read(parseNumber, SETTINGS.minIntervalMs),
        reserveTokens: read(parseNumber, SETTINGS.reserveTokens),
        replyLimitNanoUsd: limit(SETTINGS.perReplyUsd),
        conversationLimitNanoUsd: limit(SETTINGS.perConversationUsd),
        dailyLimitNanoUsd: limit(SETTINGS.dailyUsd),
        monthlyLimitNanoUsd: limit(SETTINGS.monthlyUsd),
        warnAtPercent: read(parseNumber, SETTINGS.warnAtPercent),
        budgetMode: read(parseChoice<Settings['budgetMode']>, SETTINGS.budgetMode),
        fallbackModels: read(parseTextList, SETTINGS.fallbackModels).map(modelId),
        circuitFailureThreshold: read(parseNumber, SETTINGS.circuitFailureThreshold),
        circuitRecoveryMs: read(parseNumber, SETTINGS.circuitRecoverySeconds) * 1000,
      },
      baseUrl: read(parseAddress, SETTINGS.baseUrl),
      theme: read(parseChoice<Theme>, SETTINGS.theme),
      idleTimeoutMs: read(parseNumber, SETTINGS.idleTimeoutSeconds) * 1000,
      totalTimeoutMs: read(parseNumber, SETTINGS.maxMinutes) * 60_000,
    };
  }

  private checked<T>(definition: SettingDefinition, raw: unknown, { value, problem }: Parsed<T>): T {
    const id = settingId(definition);
    if (problem === undefined) {
      this.reported.delete(id);
      return value;
    }
    const shown = shownValue(raw);
    if (this.reported.get(id) !== shown) {
      this.reported.set(id, shown);
      const unit = 'unit' in definition ? ` ${definition.unit}`.trimEnd() : '';
      this.log.warn(`setting ${id}: the value ${shown} ${problem}; using ${shownValue(value)}${unit} instead`);
    }
    return value;
  }
}

const limitNanoUsd = (usd: number): NanoUsd | null => {
  const amount = decimalOf(usd);
  return amount && amount.digits > 0n ? toNanoUsd(amount, 'nearest') : null;
};

/** JSON that is safe to log: without keys, and short. Numbers are written as they are, because JSON has no infinity. */
function shownValue(value: unknown): string {
  const text = redactKeys(typeof value === 'number' ? String(value) : JSON.stringify(value));
  return text.length <= MAX_SHOWN_VALUE_LENGTH ? text : `${text.slice(0, MAX_SHOWN_VALUE_LENGTH - 1)}…`;
}
