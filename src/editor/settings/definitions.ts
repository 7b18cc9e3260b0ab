import { CONFIGURATION_SECTION } from '../contributions';

/**
 * Every setting: id, type, default, range and description. The reader and the manifest (`npm run manifest`) both use
 * these definitions. All settings have application scope, so only user settings apply, never those of a workspace.
 */

interface Described {
  /** Below `neuralTerminal.` */
  readonly key: string;
  /** Markdown. `#neuralTerminal.…#` in backticks links to another setting. */
  readonly description: string;
}

interface Ranged {
  readonly unit: '' | 'failures' | 'milliseconds' | 'minutes' | 'percent' | 'seconds' | 'tokens';
  readonly minimum: number;
  readonly maximum: number;
}

export interface NumberSetting extends Described, Ranged {
  readonly type: 'number' | 'integer';
  readonly default: number;
}

/** Null when not set; the provider then uses its own default. */
export interface OptionalNumberSetting extends Described, Ranged {
  readonly type: 'optionalNumber';
  readonly default: null;
}

/** A spending limit in USD. 0 means no limit, so a negative value becomes the default instead of 0. */
export interface LimitSetting extends Described {
  readonly type: 'limit';
  readonly default: number;
}

export interface TextSetting extends Described {
  readonly type: 'text' | 'address';
  readonly default: string;
}

export interface TextListSetting extends Described {
  readonly type: 'textList';
  readonly default: readonly string[];
}

export interface ChoiceSetting<Choice extends string = string> extends Described {
  readonly type: 'choice';
  readonly default: NoInfer<Choice>;
  /** Each choice with its description. */
  readonly choices: Readonly<Record<Choice, string>>;
}

export type SettingDefinition =
  NumberSetting | OptionalNumberSetting | LimitSetting | TextSetting | TextListSetting | ChoiceSetting;

export const MAX_LIMIT_USD = 1_000_000;

export const CONNECTION_SETTINGS = {
  baseUrl: {
    key: 'baseUrl',
    type: 'address',
    default: 'https://openrouter.ai/api/v1',
    description:
      'Base URL of the API that requests are sent to. An API key is only ever sent to the origin it was entered for, so another origin needs its own key.',
  },
  model: {
    key: 'model',
    type: 'text',
    default: 'anthropic/claude-sonnet-5',
    description: 'Model for new conversations, for example `anthropic/claude-sonnet-5`.',
  },
  fallbackModels: {
    key: 'fallbackModels',
    type: 'textList',
    default: [],
    description:
      "Models to try, in order, when the selected model is unavailable (HTTP 502, 503, or 529). A model that is more expensive than the selected one, or that the provider doesn't list, is never tried automatically.",
  },
  temperature: {
    key: 'temperature',
    type: 'optionalNumber',
    default: null,
    unit: '',
    minimum: 0,
    maximum: 2,
    description: "Sampling temperature. Leave empty to use the model's default.",
  },
  maxOutputTokens: {
    key: 'maxOutputTokens',
    type: 'integer',
    default: 8192,
    unit: 'tokens',
    minimum: 16,
    maximum: 1_000_000,
    description:
      'Maximum length of a reply in tokens, including reasoning. Sent with every request because it is the only hard cap on what a reply can cost.',
  },
  reserveTokens: {
    key: 'context.reserveTokens',
    type: 'integer',
    default: 4096,
    unit: 'tokens',
    minimum: 16,
    maximum: 1_000_000,
    description: 'Number of tokens reserved for the reply when earlier messages are omitted to fit the context window.',
  },
} as const satisfies Record<string, SettingDefinition>;

export const BUDGET_SETTINGS = {
  perReplyUsd: {
    key: 'budget.perReplyUsd',
    type: 'limit',
    default: 0,
    description: 'Maximum cost of a single reply, in USD. 0 means no limit.',
  },
  perConversationUsd: {
    key: 'budget.perConversationUsd',
    type: 'limit',
    default: 0,
    description: 'Maximum total cost of a conversation, in USD, including all of its branches. 0 means no limit.',
  },
  dailyUsd: {
    key: 'budget.dailyUsd',
    type: 'limit',
    default: 5,
    description: 'Maximum spending per day (UTC), in USD, across all windows. 0 means no limit.',
  },
  monthlyUsd: {
    key: 'budget.monthlyUsd',
    type: 'limit',
    default: 0,
    description: 'Maximum spending per month (UTC), in USD, across all windows. 0 means no limit.',
  },
  warnAtPercent: {
    key: 'budget.warnAtPercent',
    type: 'number',
    default: 80,
    unit: 'percent',
    minimum: 1,
    maximum: 100,
    description:
      'Percentage of the daily or monthly limit at which the budget meter shows a warning. You are notified once per period.',
  },
  budgetMode: {
    key: 'budget.mode',
    type: 'choice',
    default: 'hard',
    choices: {
      hard: "Don't send a request if its worst-case cost could exceed a limit.",
      warn: 'Never block a request. When a limit is near or reached, the budget meter changes color and you are notified.',
    },
    description: 'How spending limits are enforced.',
  },
} as const satisfies Record<string, SettingDefinition>;

export const RELIABILITY_SETTINGS = {
  idleTimeoutSeconds: {
    key: 'stream.idleTimeoutSeconds',
    type: 'number',
    default: 60,
    unit: 'seconds',
    minimum: 5,
    maximum: 3600,
    description:
      'Number of seconds without any data after which a reply is considered stalled. The text received so far is kept.',
  },
  maxMinutes: {
    key: 'stream.maxMinutes',
    type: 'number',
    default: 30,
    unit: 'minutes',
    minimum: 1,
    maximum: 240,
    description: 'Maximum duration of a reply, in minutes. The text received so far is kept.',
  },
  circuitFailureThreshold: {
    key: 'circuit.failureThreshold',
    type: 'integer',
    default: 5,
    unit: 'failures',
    minimum: 1,
    maximum: 100,
    description:
      "Number of consecutive failures after which a model is paused. Ordinary refusals, such as an invalid key or a rate limit, don't count. `#neuralTerminal.circuit.recoverySeconds#` controls how long the pause lasts.",
  },
  circuitRecoverySeconds: {
    key: 'circuit.recoverySeconds',
    type: 'number',
    default: 30,
    unit: 'seconds',
    minimum: 5,
    maximum: 3600,
    description:
      'How long a failing model is paused, in seconds. After the pause, one test request decides whether the model is used again.',
  },
} as const satisfies Record<string, SettingDefinition>;

export const PANEL_SETTINGS = {
  theme: {
    key: 'ui.exposure',
    type: 'choice',
    default: 'auto',
    choices: {
      auto: "Choose by the editor's color theme: phosphor for dark, thermal for light, contrast for high contrast.",
      phosphor: 'Green and amber on black.',
      thermal: 'Dark ink on thermal paper.',
      contrast: "High contrast, in the editor's colors.",
      editor: "Use the colors of the editor's theme.",
    },
    description: 'Theme of the panel.',
  },
  minIntervalMs: {
    key: 'input.minIntervalMs',
    type: 'number',
    default: 2000,
    unit: 'milliseconds',
    minimum: 0,
    maximum: 60_000,
    description:
      'Minimum time between two messages in a conversation, in milliseconds. A message sent sooner is refused as a double click. 0 turns this check off.',
  },
} as const satisfies Record<string, SettingDefinition>;

export const SETTINGS = {
  ...CONNECTION_SETTINGS,
  ...BUDGET_SETTINGS,
  ...RELIABILITY_SETTINGS,
  ...PANEL_SETTINGS,
};

/** Spending limits by the names of their settings. */
export type LimitName = 'perReplyUsd' | 'perConversationUsd' | 'dailyUsd' | 'monthlyUsd';

/** Sections in the Settings editor, in order. */
export const SETTING_SECTIONS = [
  { id: 'connection', title: 'Connection and Model', settings: CONNECTION_SETTINGS },
  { id: 'budget', title: 'Budget', settings: BUDGET_SETTINGS },
  { id: 'reliability', title: 'Streaming and Reliability', settings: RELIABILITY_SETTINGS },
  { id: 'panel', title: 'Panel', settings: PANEL_SETTINGS },
] as const;

/** Full id, for example `neuralTerminal.budget.dailyUsd`. */
export const settingId = ({ key }: Pick<SettingDefinition, 'key'>): string => `${CONFIGURATION_SECTION}.${key}`;
