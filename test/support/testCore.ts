import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCore } from '../../src/application/core';
import { Emitter } from '../../src/domain/emitter';
import { modelId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import type { ChatProvider, Connection } from '../../src/domain/ports/provider';
import type { Settings } from '../../src/domain/ports/settings';
import type { Clock, Logger, Timers, TokenCounter } from '../../src/domain/ports/system';
import type { CoreEvent } from '../../src/domain/coreEvent';
import type { JournalFiles } from '../../src/infrastructure/store/journal/files';
import { JournaledConversationStore } from '../../src/infrastructure/store/journaledConversationStore';
import { NodeJournalFiles } from '../../src/infrastructure/store/journal/nodeFiles';
import { LocalProjection } from '../../src/infrastructure/store/storeProjection';
import { randomIds, systemClock, systemTimers } from '../../src/infrastructure/system/system';
import { ScriptedProvider } from './scriptedProvider';

export const silentLog: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const defaultSettings: Settings = {
  defaultModel: modelId('anthropic/claude-sonnet-5'),
  temperature: null,
  maxOutputTokens: 1000,
  minIntervalMs: 0,
  reserveTokens: 500,
  replyLimitNanoUsd: null,
  conversationLimitNanoUsd: null,
  dailyLimitNanoUsd: nanoUsd(5_000_000_000),
  monthlyLimitNanoUsd: null,
  warnAtPercent: 80,
  budgetMode: 'hard',
  fallbackModels: [],
  circuitFailureThreshold: 5,
  circuitRecoveryMs: 30_000,
};

/** One token per four characters, easy to compute by hand. */
export const quarterCounter: TokenCounter = { count: async (texts) => texts.map((text) => Math.ceil(text.length / 4)) };

const OPENROUTER = 'https://openrouter.ai';

export interface CompositionOptions {
  readonly settings?: Partial<Settings>;
  readonly connection?: Partial<Connection>;
  readonly directory?: string;
  readonly files?: (directory: string) => JournalFiles;
  readonly clock?: Clock;
  /** Of waits between requests, of questions for bills. */
  readonly timers?: Timers;
  readonly random?: () => number;
  /** Of `sql-wasm.wasm`; else the one of the project that runs. */
  readonly wasmPath?: string;
}

export interface TestCoreOptions extends CompositionOptions {
  readonly provider?: ScriptedProvider;
}

/** The product without an editor: all use cases on a real store in its own folder. */
export function composeCore<P extends ChatProvider>(provider: P, options: CompositionOptions = {}) {
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), 'neural-terminal-'));
  const settings = { value: { ...defaultSettings, ...options.settings }, current: (): Settings => settings.value };
  const connection: Connection = {
    baseUrl: 'https://openrouter.ai/api/v1',
    origin: OPENROUTER,
    key: 'sk-or-test',
    keyRequired: true,
    isOpenRouter: (options.connection?.origin ?? OPENROUTER) === OPENROUTER,
    ...options.connection,
  };
  const connections = { current: async (): Promise<Connection> => connection };
  const clock = options.clock ?? systemClock;
  const events: CoreEvent[] = [];
  const bus = new Emitter<CoreEvent>((error) => {
    throw error;
  });
  bus.event((event) => events.push(event));
  const wasm = options.wasmPath ?? createRequire(path.resolve('package.json')).resolve('sql.js/dist/sql-wasm.wasm');
  const files = options.files ? options.files(directory) : new NodeJournalFiles(directory);
  const projection = new LocalProjection({ files, clock, log: silentLog, wasmBinary: () => readFile(wasm) });
  const store = new JournaledConversationStore({ directory, files, projection, clock, log: silentLog });
  const { close, ...useCases } = createCore({
    ...{ store, provider, connections, settings, counter: quarterCounter, bus, clock, log: silentLog },
    timers: options.timers ?? systemTimers,
    ids: randomIds,
    random: options.random ?? Math.random,
  });
  const dispose = async (): Promise<void> => {
    await close();
    if (!options.directory) rmSync(directory, { recursive: true, force: true });
  };
  return { ...useCases, directory, projection, settings, connections, bus, events, store, provider, dispose };
}

export type ComposedCore = ReturnType<typeof composeCore<ChatProvider>>;

/** The same with a scripted provider. */
export const testCore = (options: TestCoreOptions = {}): ReturnType<typeof composeCore<ScriptedProvider>> =>
  composeCore(options.provider ?? new ScriptedProvider(), options);

export type TestCore = ReturnType<typeof testCore>;
