import assert from 'node:assert/strict';
import { Uri, fakeEditor } from '../../support/vscodeShim';
import * as vscode from 'vscode';
import { type ConversationId, conversationId } from '../../../src/domain/ids';
import { type ExchangeServices, exportConversation } from '../../../src/editor/commands/exchangeCommands';

/** Files in memory. `failing` names the calls that fail. */
class FakeFiles {
  readonly contents = new Map<string, string>();
  failing: readonly ('writeFile' | 'rename')[] = [];

  async writeFile(uri: Uri, bytes: Uint8Array): Promise<void> {
    if (this.failing.includes('writeFile')) throw new Error('no space');
    this.contents.set(uri.path, new TextDecoder().decode(bytes));
  }
  async rename(from: Uri, to: Uri): Promise<void> {
    if (this.failing.includes('rename')) throw new Error('no permission');
    this.contents.set(to.path, this.contents.get(from.path) ?? assert.fail(`no ${from.path}`));
    this.contents.delete(from.path);
  }
  async delete(uri: Uri): Promise<void> {
    if (!this.contents.delete(uri.path)) throw new Error('no such file');
  }
}

interface SaveOptions {
  readonly defaultUri: Uri;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

describe('an exported conversation', () => {
  let files: FakeFiles;
  let asked: SaveOptions | undefined;
  let saveAs: string | undefined;
  const shown: string[] = [];
  beforeEach(() => {
    fakeEditor.reset();
    files = new FakeFiles();
    asked = undefined;
    saveAs = '/out/mine.md';
    shown.length = 0;
    Object.assign(vscode.workspace, { fs: files, workspaceFolders: [{ uri: Uri.file('/project'), name: 'project' }] });
    Object.assign(vscode.window, {
      showSaveDialog: async (options: SaveOptions) => ((asked = options), saveAs && Uri.file(saveAs)),
      showTextDocument: async (uri: Uri) => void shown.push(uri.path),
    });
  });

  const exported = async (title: string, runNumber = 7): Promise<void> => {
    const id: ConversationId = conversationId('c1');
    const services = {
      exchange: { exportMarkdown: async () => '# text', exportJson: async () => '{"text":1}' },
      peers: () => [],
      list: async () => [{ id, title, runNumber }],
      current: () => id,
    } as unknown as ExchangeServices;
    await exportConversation(services);
  };

  const names: readonly (readonly [title: string, name: string])[] = [
    ['Why is the sky blue?', 'R0007-Why-is-the-sky-blue.md'],
    ['../../etc/passwd', 'R0007-etc-passwd.md'],
    ['C:\\Windows\\system32', 'R0007-C-Windows-system32.md'],
    ['CON', 'R0007-CON.md'],
    ['.', 'R0007.md'],
    ['...', 'R0007.md'],
    ['', 'R0007.md'],
    ['-rf *', 'R0007-rf.md'],
    ['a\0b\nc\td', 'R0007-a-b-c-d.md'],
    ['<script>"|?*', 'R0007-script.md'],
    ['name\u202egnp.exe', 'R0007-name-gnp-exe.md'],
    ['%2e%2e%2f', 'R0007-2e-2e-2f.md'],
    ['Übergröße 東京', 'R0007-Übergröße-東京.md'],
    ['Ce\u0301', 'R0007-Cé.md'],
    ['👩‍🔬 lab', 'R0007-lab.md'],
    ['x'.repeat(500), `R0007-${'x'.repeat(60)}.md`],
    [`${'x'.repeat(59)} y`, `R0007-${'x'.repeat(59)}.md`],
  ];
  for (const [title, name] of names) {
    it(`proposes ${name.slice(0, 40)} for “${JSON.stringify(title).slice(1, 40)}”`, async () => {
      await exported(title);
      assert.equal(asked?.defaultUri.path, `/project/${name}`);
    });
  }

  it('proposes a number of any length', async () => {
    await exported('t', 123_456);
    assert.equal(asked?.defaultUri.path, '/project/R123456-t.md');
  });

  it('offers Markdown and JSON, and writes by the ending that the user chose', async () => {
    await exported('t');
    assert.deepEqual(Object.values(asked?.filters ?? {}), [['md'], ['json']]);
    saveAs = '/out/mine.JSON';
    await exported('t');
    assert.deepEqual(
      [...files.contents],
      [
        ['/out/mine.md', '# text'],
        ['/out/mine.JSON', '{"text":1}'],
      ],
    );
  });

  it('writes nothing when the dialog is dismissed', async () => {
    saveAs = undefined;
    await exported('t');
    assert.deepEqual([[...files.contents], fakeEditor.messages], [[], []]);
  });

  it('opens the file when the user asks for it', async () => {
    await exported('t');
    const open = fakeEditor.messages[0]?.choices[0];
    assert.deepEqual(shown, []);
    fakeEditor.answers.push(open);
    await exported('t');
    assert.deepEqual(shown, ['/out/mine.md']);
  });

  for (const call of ['writeFile', 'rename'] as const) {
    it(`leaves an older export as it was and says why when ${call} fails`, async () => {
      files.contents.set('/out/mine.md', 'older');
      files.failing = [call];
      await exported('t');
      assert.deepEqual([...files.contents], [['/out/mine.md', 'older']]);
      const [message, ...others] = fakeEditor.messages;
      assert.deepEqual([message?.severity, others], ['error', []]);
      for (const part of ['/out/mine.md', call === 'rename' ? 'no permission' : 'no space'])
        assert.ok(message?.text.includes(part), message?.text);
    });
  }
});
