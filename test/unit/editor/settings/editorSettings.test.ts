import { fakeEditor } from '../../../support/vscodeShim';
import assert from 'node:assert/strict';
import { modelId } from '../../../../src/domain/ids';
import { NANO_PER_USD } from '../../../../src/domain/money';
import { SETTINGS, type SettingDefinition, settingId } from '../../../../src/editor/settings/definitions';
import { EditorSettings } from '../../../../src/editor/settings/editorSettings';

type SettingName = keyof typeof SETTINGS;

/** What the program sees of each setting, in the unit of the setting; null is no limit. */
const READ: Readonly<Record<SettingName, (settings: EditorSettings) => unknown>> = {
  baseUrl: (s) => s.baseUrl,
  model: (s) => s.current().defaultModel,
  fallbackModels: (s) => s.current().fallbackModels,
  temperature: (s) => s.current().temperature,
  maxOutputTokens: (s) => s.current().maxOutputTokens,
  reserveTokens: (s) => s.current().reserveTokens,
  perReplyUsd: (s) => usd(s.current().replyLimitNanoUsd),
  perConversationUsd: (s) => usd(s.current().conversationLimitNanoUsd),
  dailyUsd: (s) => usd(s.current().dailyLimitNanoUsd),
  monthlyUsd: (s) => usd(s.current().monthlyLimitNanoUsd),
  warnAtPercent: (s) => s.current().warnAtPercent,
  budgetMode: (s) => s.current().budgetMode,
  idleTimeoutSeconds: (s) => s.idleTimeoutMs / 1000,
  maxMinutes: (s) => s.totalTimeoutMs / 60_000,
  circuitFailureThreshold: (s) => s.current().circuitFailureThreshold,
  circuitRecoverySeconds: (s) => s.current().circuitRecoveryMs / 1000,
  theme: (s) => s.theme,
  minIntervalMs: (s) => s.current().minIntervalMs,
};
const usd = (nanoUsd: number | null): number | null => (nanoUsd === null ? null : nanoUsd / NANO_PER_USD);

interface Row {
  readonly default: unknown;
  /** Configured value, what is used; both are valid. */
  readonly valid: readonly (readonly [configured: unknown, used: unknown])[];
  /** Configured value, what is used, part of the log line. */
  readonly wrong: readonly (readonly [configured: unknown, used: unknown, logged: RegExp])[];
}

const NOT_A_NUMBER = /is not a number/;
/** A number's wrong types, NaN and both infinities. JSON settings can hold `1e999`, which is infinity. */
const numberRow = (fallback: number | null, minimum: number, maximum: number): Row => ({
  default: fallback,
  valid: [
    [minimum, minimum],
    [maximum, maximum],
  ],
  wrong: [
    [minimum - 1, minimum, /is out of range/],
    [maximum + 1, maximum, /is out of range/],
    [-Infinity, minimum, /the value -Infinity is out of range/],
    [Infinity, maximum, /the value Infinity is out of range/],
    [Number.NaN, fallback, NOT_A_NUMBER],
    [String(minimum), fallback, NOT_A_NUMBER],
    [true, fallback, NOT_A_NUMBER],
    [[minimum], fallback, NOT_A_NUMBER],
  ],
});
const wholeNumberRow = (fallback: number, minimum: number, maximum: number): Row => {
  const row = numberRow(fallback, minimum, maximum);
  return { ...row, wrong: [...row.wrong, [20.6, 21, /is not a whole number; using 21/]] };
};
/** A negative limit is the default limit: clamped to 0 it would be no limit at all. */
const limitRow = (fallback: number | null): Row => ({
  default: fallback,
  valid: [
    [0, null],
    [0.000064, 0.000064],
    [1_000_000, 1_000_000],
    [1e-12, 1 / NANO_PER_USD],
  ],
  wrong: [
    [-1, fallback, /the value -1 is negative/],
    [-Infinity, fallback, /is negative/],
    [1_000_001, 1_000_000, /is out of range \(0 to 1000000\)/],
    [Infinity, 1_000_000, /is out of range/],
    [Number.NaN, fallback, NOT_A_NUMBER],
    ['0', fallback, NOT_A_NUMBER],
    [null, fallback, NOT_A_NUMBER],
  ],
});

const BASE_URL = 'https://openrouter.ai/api/v1';
const ROWS: Readonly<Record<SettingName, Row>> = {
  baseUrl: {
    default: BASE_URL,
    valid: [
      ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
      [' https://example.com/v1// ', 'https://example.com/v1'],
    ],
    wrong: [
      ['file:///etc/passwd', BASE_URL, /is not an http or https address/],
      ['openrouter.ai', BASE_URL, /is not an http or https address/],
      ['https://user:secret@example.com', BASE_URL, /"https:\/\/\[key\]@example.com" contains a user name or password/],
      ['https://:secret@example.com', BASE_URL, /contains a user name or password/],
      ['', BASE_URL, /is empty/],
      [7, BASE_URL, /is not a string/],
    ],
  },
  model: {
    default: 'anthropic/claude-sonnet-5',
    valid: [[' a/b ', 'a/b']],
    wrong: [
      ['  ', 'anthropic/claude-sonnet-5', /is empty/],
      [{ id: 'a/b' }, 'anthropic/claude-sonnet-5', /the value {"id":"a\/b"} is not a string/],
    ],
  },
  fallbackModels: {
    default: [],
    valid: [[[' a/b', 'c/d'], ['a/b', 'c/d'].map(modelId)]],
    wrong: [
      ['a/b', [], /is not an array/],
      [['a/b', 7, ' '], [modelId('a/b')], /contains entries that are not strings; using \["a\/b"\] instead/],
    ],
  },
  temperature: {
    ...numberRow(null, 0, 2),
    valid: [
      [null, null],
      [0, 0],
      [0.7, 0.7],
    ],
  },
  maxOutputTokens: wholeNumberRow(8192, 16, 1_000_000),
  reserveTokens: wholeNumberRow(4096, 16, 1_000_000),
  perReplyUsd: limitRow(null),
  perConversationUsd: limitRow(null),
  dailyUsd: limitRow(5),
  monthlyUsd: limitRow(null),
  warnAtPercent: numberRow(80, 1, 100),
  budgetMode: {
    default: 'hard',
    valid: [['warn', 'warn']],
    wrong: [
      ['off', 'hard', /is not one of hard, warn/],
      ['toString', 'hard', /is not one of hard, warn/],
      [0, 'hard', /is not one of hard, warn/],
    ],
  },
  idleTimeoutSeconds: numberRow(60, 5, 3600),
  maxMinutes: numberRow(30, 1, 240),
  circuitFailureThreshold: wholeNumberRow(5, 1, 100),
  circuitRecoverySeconds: numberRow(30, 5, 3600),
  theme: {
    default: 'auto',
    valid: [['thermal', 'thermal']],
    wrong: [['sepia', 'auto', /is not one of auto, phosphor, thermal, contrast, editor/]],
  },
  minIntervalMs: numberRow(2000, 0, 60_000),
};

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));

describe('settings', () => {
  let settings: EditorSettings;
  let warnings: string[];
  const names = Object.keys(SETTINGS) as SettingName[];
  const definition = (name: SettingName): SettingDefinition => SETTINGS[name];
  const configure = (name: SettingName, value: unknown): void =>
    fakeEditor.setSetting(settingId(definition(name)), value);
  const read = (name: SettingName): unknown => READ[name](settings);

  beforeEach(() => {
    fakeEditor.reset();
    warnings = [];
    const silent = (): void => undefined;
    settings = new EditorSettings({ info: silent, error: silent, warn: (line) => warnings.push(line) });
  });
  afterEach(() => settings.dispose());

  for (const name of names) {
    const row = ROWS[name];
    describe(SETTINGS[name].key, () => {
      it('has a default', () => assert.deepEqual(read(name), row.default));

      for (const [configured, used] of row.valid) {
        it(`accepts ${show(configured)}`, () => {
          configure(name, configured);
          assert.deepEqual(read(name), used);
          assert.deepEqual(warnings, []);
        });
      }

      for (const [configured, used, logged] of row.wrong) {
        it(`replaces ${show(configured)} with ${show(used)} and logs it`, () => {
          configure(name, configured);
          assert.deepEqual(read(name), used);
          assert.equal(warnings.length, 1);
          assert.match(warnings[0] ?? '', logged);
          assert.ok(warnings[0]?.startsWith(`setting ${settingId(definition(name))}: the value `), warnings[0]);
        });
      }

      it('ignores values of a workspace or folder', () => {
        const valid = row.valid.at(-1)?.[0];
        fakeEditor.setSetting(settingId(definition(name)), valid, 'workspace');
        fakeEditor.setSetting(settingId(definition(name)), valid, 'folder');
        assert.deepEqual(read(name), row.default);
        configure(name, row.valid[0]?.[0]);
        assert.deepEqual(read(name), row.valid[0]?.[1]);
      });
    });
  }

  it('are read from the editor once per change, each one once', () => {
    for (let i = 0; i < 100; i += 1) for (const name of names) read(name);
    assert.equal(fakeEditor.settingReads, names.length);
    assert.equal(settings.current(), settings.current());
    configure('dailyUsd', 7);
    fakeEditor.setSetting('editor.fontSize', 12);
    for (let i = 0; i < 100; i += 1) for (const name of names) read(name);
    assert.equal(fakeEditor.settingReads, 2 * names.length);
  });

  it('are new when the change event fires', () => {
    settings.current();
    const seen: unknown[] = [];
    settings.onDidChange(() => seen.push(read('dailyUsd')));
    configure('dailyUsd', 7);
    fakeEditor.setSetting('editor.fontSize', 12);
    fakeEditor.setSetting('neuralTerminalElse.dailyUsd', 9);
    assert.deepEqual(seen, [7]);
  });

  it('are new after our own change, even before the event', async () => {
    settings.current();
    // Stands in for an editor that delivers the event late.
    const late = new EditorSettings({ info: () => undefined, warn: () => undefined, error: () => undefined });
    late.current();
    late.dispose();
    await late.setLimit('dailyUsd', 2.5);
    await late.setDefaultModel('a/b');
    assert.deepEqual([late.current().dailyLimitNanoUsd, late.current().defaultModel], [2.5 * NANO_PER_USD, 'a/b']);
    assert.equal(fakeEditor.settings.user.get('neuralTerminal.budget.dailyUsd'), 2.5, 'a user setting');
    assert.equal(read('dailyUsd'), 2.5);
  });

  it('log an invalid value once, and again only after another value', () => {
    configure('maxMinutes', 900);
    read('maxMinutes');
    configure('dailyUsd', 7);
    read('maxMinutes');
    assert.deepEqual(warnings, [
      'setting neuralTerminal.stream.maxMinutes: the value 900 is out of range (1 to 240); using 240 minutes instead',
    ]);
    configure('maxMinutes', 901);
    read('maxMinutes');
    configure('maxMinutes', 60);
    read('maxMinutes');
    configure('maxMinutes', 901);
    read('maxMinutes');
    assert.equal(warnings.length, 3);
  });

  it('log long values shortened and without keys', () => {
    configure('temperature', `sk-or-v1-0123456789abcdef ${'x'.repeat(10_000)}`);
    read('temperature');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /the value "\[key\] x+… is not a number; using null instead$/);
    assert.ok((warnings[0]?.length ?? 0) < 200);
  });

  it('log a failing listener and call the others', () => {
    const errors: string[] = [];
    const loud = new EditorSettings({
      info: () => undefined,
      warn: () => undefined,
      error: (line) => errors.push(line),
    });
    let heard = 0;
    loud.onDidChange(() => assert.fail('on purpose'));
    loud.onDidChange(() => (heard += 1));
    configure('dailyUsd', 1);
    assert.deepEqual([errors.length, heard], [1, 1]);
    loud.dispose();
  });
});
