import { EventEmitter, type MarkdownString, type ThemeColor } from './vscodeValues';

/** The state behind the `vscode` shim: what a test sets before and reads afterwards. Import it from vscodeShim.ts. */

export type Scope = 'user' | 'workspace' | 'folder';

export interface ShownMessage {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly options: { readonly modal?: boolean; readonly detail?: string };
  readonly choices: readonly string[];
}

export interface StatusBarItem {
  readonly id: string;
  readonly alignment: number;
  readonly priority: number;
  name?: string;
  text: string;
  tooltip?: string | MarkdownString;
  command?: unknown;
  backgroundColor?: ThemeColor | undefined;
  accessibilityInformation?: { label: string; role?: string };
  isVisible: boolean;
  isDisposed: boolean;
}

export const settingsChange = new EventEmitter<{ affectsConfiguration(section: string): boolean }>();
export const windowStateChange = new EventEmitter<{ focused: boolean; active: boolean }>();

/** What a test sets and reads. `reset` before each test. */
export const fakeEditor = {
  settings: {
    user: new Map<string, unknown>(),
    workspace: new Map<string, unknown>(),
    folder: new Map<string, unknown>(),
  },
  /** Calls of `inspect` and `get` since `reset`. */
  settingReads: 0,
  messages: [] as ShownMessage[],
  /** What the next notices and inputs get as the user's answer, first to last; undefined dismisses. */
  answers: [] as unknown[],
  statusBarItems: [] as StatusBarItem[],
  /** Lines of all output channels, as `level: text`. */
  logLines: [] as string[],
  commands: new Map<string, (...args: readonly unknown[]) => unknown>(),
  executed: [] as (readonly unknown[])[],
  openedLinks: [] as string[],
  clipboard: '',
  focused: true,

  reset(): void {
    for (const scope of Object.values(this.settings)) scope.clear();
    for (const list of [
      this.messages,
      this.answers,
      this.statusBarItems,
      this.logLines,
      this.executed,
      this.openedLinks,
    ])
      list.length = 0;
    this.commands.clear();
    this.settingReads = 0;
    this.clipboard = '';
    this.focused = true;
    settingsChange.dispose();
    windowStateChange.dispose();
  },

  /** Changes one setting by its full id and fires the event. `undefined` removes it. */
  setSetting(id: string, value: unknown, scope: Scope = 'user'): void {
    if (value === undefined) this.settings[scope].delete(id);
    else this.settings[scope].set(id, value);
    settingsChange.fire({ affectsConfiguration: (section) => id === section || id.startsWith(`${section}.`) });
  },

  setFocus(focused: boolean): void {
    this.focused = focused;
    windowStateChange.fire({ focused, active: focused });
  },
};

/** `SecretStorage` with a count of its reads. `setElsewhere` is a change by another window. */
export class FakeSecretStorage {
  readonly stored = new Map<string, string>();
  readonly changes = new EventEmitter<{ key: string }>();
  readonly onDidChange = this.changes.event;
  reads = 0;
  /** False: what is stored is lost at once, as on systems without a keyring. */
  isKeeping = true;
  /** Rejects the next calls with it. */
  error: Error | undefined;

  async get(key: string): Promise<string | undefined> {
    this.reads += 1;
    await this.called();
    return this.stored.get(key);
  }
  async keys(): Promise<string[]> {
    return [...this.stored.keys()];
  }
  async store(key: string, value: string): Promise<void> {
    await this.called();
    if (this.isKeeping) this.stored.set(key, value);
    this.changes.fire({ key });
  }
  async delete(key: string): Promise<void> {
    await this.called();
    this.stored.delete(key);
    this.changes.fire({ key });
  }
  setElsewhere(key: string, value: string | undefined): void {
    if (value === undefined) this.stored.delete(key);
    else this.stored.set(key, value);
    this.changes.fire({ key });
  }
  private async called(): Promise<void> {
    await Promise.resolve();
    if (this.error) throw this.error;
  }
}

export class FakeMemento {
  readonly stored = new Map<string, unknown>();
  syncedKeys: readonly string[] = [];
  keys(): readonly string[] {
    return [...this.stored.keys()];
  }
  get<T>(key: string, fallback?: T): T | undefined {
    return this.stored.has(key) ? (this.stored.get(key) as T) : fallback;
  }
  async update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.stored.delete(key);
    else this.stored.set(key, structuredClone(value));
  }
  setKeysForSync(keys: readonly string[]): void {
    this.syncedKeys = keys;
  }
}
