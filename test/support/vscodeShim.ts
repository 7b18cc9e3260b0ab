import './vscodeAlias';
import { type Scope, type ShownMessage, fakeEditor, settingsChange, windowStateChange } from './fakeEditor';
import { Disposable, type Uri } from './vscodeValues';

/**
 * The part of the `vscode` API that `src/editor` needs, for unit tests. Import it before the module under test: it
 * makes `vscode` resolve to this file. Tests set and read everything in `fakeEditor`.
 */
export * from './vscodeValues';
export { FakeMemento, FakeSecretStorage, fakeEditor } from './fakeEditor';

export const version = '1.106.0';

const SCOPES: Readonly<Record<number, Scope>> = { 1: 'user', 2: 'workspace', 3: 'folder' };

function configuration(section = '') {
  const idOf = (key: string): string => (section === '' ? key : `${section}.${key}`);
  const { user, workspace: ofWorkspace, folder } = fakeEditor.settings;
  return {
    get(key: string, fallback?: unknown): unknown {
      fakeEditor.settingReads += 1;
      const id = idOf(key);
      return [folder, ofWorkspace, user].find((scope) => scope.has(id))?.get(id) ?? fallback;
    },
    has: (key: string): boolean => [folder, ofWorkspace, user].some((scope) => scope.has(idOf(key))),
    inspect(key: string) {
      fakeEditor.settingReads += 1;
      const id = idOf(key);
      return {
        key: id,
        globalValue: user.get(id),
        workspaceValue: ofWorkspace.get(id),
        workspaceFolderValue: folder.get(id),
      };
    },
    async update(key: string, value: unknown, target: number): Promise<void> {
      fakeEditor.setSetting(idOf(key), value, SCOPES[target] ?? 'workspace');
    },
  };
}

export const workspace = {
  getConfiguration: configuration,
  onDidChangeConfiguration: settingsChange.event,
  workspaceFolders: undefined as readonly { uri: Uri; name: string }[] | undefined,
  asRelativePath: (file: Uri | string): string => (typeof file === 'string' ? file : file.path),
};

type MessageItem = string | { readonly title: string };
const titleOf = (item: MessageItem): string => (typeof item === 'string' ? item : item.title);

/** Records the notice and answers it: the next of `answers` names a choice. */
const shows =
  (severity: ShownMessage['severity']) =>
  async (text: string, ...rest: readonly (MessageItem | ShownMessage['options'])[]): Promise<unknown> => {
    const isItem = (one: MessageItem | ShownMessage['options']): one is MessageItem =>
      typeof one === 'string' || 'title' in one;
    const items = rest.filter(isItem);
    const options = rest.find((one): one is ShownMessage['options'] => !isItem(one)) ?? {};
    fakeEditor.messages.push({ severity, text, options, choices: items.map(titleOf) });
    const answer = fakeEditor.answers.shift();
    return items.find((item) => titleOf(item) === answer);
  };

const logs = (level: string) => (text: string) => void fakeEditor.logLines.push(`${level}: ${text}`);

export const window = {
  showInformationMessage: shows('information'),
  showWarningMessage: shows('warning'),
  showErrorMessage: shows('error'),
  showInputBox: async (): Promise<unknown> => fakeEditor.answers.shift(),
  showQuickPick: async (): Promise<unknown> => fakeEditor.answers.shift(),
  withProgress: async <T>(_options: unknown, task: () => Promise<T>): Promise<T> => task(),
  createStatusBarItem(id: string, alignment: number, priority: number) {
    const item = {
      id,
      alignment,
      priority,
      text: '',
      isVisible: false,
      isDisposed: false,
      show: () => void (item.isVisible = true),
      hide: () => void (item.isVisible = false),
      dispose: () => void (item.isDisposed = true),
    };
    fakeEditor.statusBarItems.push(item);
    return item;
  },
  createOutputChannel: (name: string) => ({
    name,
    trace: logs('trace'),
    debug: logs('debug'),
    info: logs('info'),
    warn: logs('warn'),
    error: logs('error'),
    append: logs('text'),
    appendLine: logs('text'),
    clear: () => undefined,
    show: () => undefined,
    dispose: () => undefined,
  }),
  get state() {
    return { focused: fakeEditor.focused, active: fakeEditor.focused };
  },
  onDidChangeWindowState: windowStateChange.event,
  activeTextEditor: undefined as unknown,
  visibleTextEditors: [] as unknown[],
};

export const commands = {
  registerCommand(id: string, handler: (...args: readonly unknown[]) => unknown): Disposable {
    fakeEditor.commands.set(id, handler);
    return new Disposable(() => fakeEditor.commands.delete(id));
  },
  async executeCommand(id: string, ...args: readonly unknown[]): Promise<unknown> {
    fakeEditor.executed.push([id, ...args]);
    return fakeEditor.commands.get(id)?.(...args);
  },
};

export const env = {
  language: 'en',
  clipboard: {
    writeText: async (text: string): Promise<void> => void (fakeEditor.clipboard = text),
    readText: async (): Promise<string> => fakeEditor.clipboard,
  },
  openExternal: async (uri: Uri): Promise<boolean> => fakeEditor.openedLinks.push(uri.toString()) > 0,
};

type TextArguments = readonly (string | number | boolean)[];
interface MessageWithArguments {
  readonly message: string;
  readonly args?: TextArguments | Readonly<Record<string, string>>;
}

/** The English text with its placeholders filled. */
function t(message: string | MessageWithArguments, ...args: readonly unknown[]): string {
  if (typeof message !== 'string') return fill(message.message, Object.entries(message.args ?? {}));
  const [named] = args;
  return fill(message, Object.entries(typeof named === 'object' && named !== null ? named : args));
}

const fill = (text: string, entries: readonly (readonly [string, unknown])[]): string =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => String(entries.find(([key]) => key === name)?.[1] ?? all));

export const l10n = { t, bundle: undefined, uri: undefined };
