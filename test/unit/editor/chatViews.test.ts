import assert from 'node:assert/strict';
import path from 'node:path';
import { FakeMemento, Uri, fakeEditor } from '../../support/vscodeShim';
import { CONVERSATION_PLACE, VIEW_ID } from '../../../src/editor/contributions';
import { ChatViews } from '../../../src/editor/webviews/chatViews';
import { DraftFile } from '../../../src/editor/webviews/draftFile';
import { PROTOCOL_VERSION } from '../../../src/protocol/messages';
import { type TestCore } from '../../support/testCore';
import { aPanel } from '../application/panelWithoutPage';
import { TestCores, asked, eventually } from '../application/useCases';
import { FakeView, contextValues, only, useTabs } from './fakeWebviews';

describe('chat views', () => {
  const cores = new TestCores();
  const open: ChatViews[] = [];
  beforeEach(() => fakeEditor.reset());
  afterEach(async () => {
    for (const views of open.splice(0)) views.dispose();
    await cores.endAll();
  });

  const someViews = (p: TestCore = cores.make(), memento = new FakeMemento()) => {
    const { sessionOptions, requestOptions } = aPanel(p);
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (text: string) => void warnings.push(text), error: () => undefined };
    const draft = new DraftFile(path.join(p.directory, 'draft.txt'), log);
    const parts = { extensionUri: Uri.file('/extension'), session: sessionOptions, requests: requestOptions, log };
    const views = new ChatViews(parts as unknown as ConstructorParameters<typeof ChatViews>[0], memento, draft);
    open.push(views);
    /** Opens the side bar's view as VS Code does when it is focused. */
    const sidebar = new FakeView();
    fakeEditor.commands.set(`${VIEW_ID}.focus`, () => {
      if (!views.existing) views.resolveWebviewView(sidebar.asView());
    });
    return { p, views, memento, draft, sidebar, tabs: useTabs(), warnings };
  };
  const place = (): unknown => contextValues(CONVERSATION_PLACE).at(-1);
  const ready = (view: FakeView): void => view.webview.messages.fire({ type: 'ready', version: PROTOCOL_VERSION });

  it('opens the side bar when a command needs a panel and none is there', async () => {
    const t = someViews();
    assert.equal(t.views.existing, undefined);
    const host = await t.views.current();
    assert.equal(host, t.views.existing);
    assert.equal(await t.views.current(), host, 'the same one again');
    assert.match(t.sidebar.webview.html, /<nt-app/);
  });

  it('remembers the side bar’s conversation for the next window', async () => {
    const t = someViews();
    const { id } = await asked(t.p, 'Why?');
    const host = await t.views.current();
    await host.session.show(id);
    const next = someViews(t.p, t.memento);
    const shown = await next.views.current();
    await eventually(() => shown.session.conversation === id, 'the conversation is shown');
    await shown.session.show(null);
    assert.deepEqual(t.memento.keys(), []);
  });

  it('commands act on the panel used last, and on the side bar once that tab is closed', async () => {
    const t = someViews();
    const { id } = await asked(t.p, 'Why?');
    const side = await t.views.current();
    await t.views.openTab(id);
    const tab = only(t.tabs);
    const host = await t.views.current();
    assert.notEqual(host, side);
    assert.equal(place(), 'tab');
    tab.dispose();
    assert.equal(t.views.existing, side);
    assert.equal(place(), 'none', 'the side bar shows a new conversation');
    await side.session.show(id);
    assert.equal(place(), 'sidebar');
  });

  it('a tab that becomes active, or sends a request, is the one used last', async () => {
    const t = someViews();
    await t.views.openTab(null);
    await t.views.openTab(null);
    const [first, second] = t.tabs;
    const last = t.views.existing;
    first?.setState({ visible: true });
    assert.notEqual(t.views.existing, last);
    second?.webview.messages.fire({ type: 'copy', requestId: 'r', text: 'x' });
    assert.equal(t.views.existing, last);
  });

  it('shows the side bar instead of a tab that is hidden', async () => {
    const t = someViews();
    await t.views.openTab(null);
    const tab = t.views.existing;
    assert.equal(await t.views.inSight(), tab);
    const sidebar = new FakeView();
    fakeEditor.commands.set(`${VIEW_ID}.focus`, () => t.views.resolveWebviewView(sidebar.asView()));
    only(t.tabs).setState({ visible: false });
    assert.notEqual(await t.views.inSight(), tab);
  });

  const states: readonly (readonly [state: (id: string) => unknown, shows: boolean])[] = [
    [(id) => ({ conversationId: id }), true],
    [() => ({ conversationId: 7 }), false],
    [() => ({}), false],
    [() => null, false],
    [() => 'text', false],
  ];
  for (const [state, shows] of states) {
    it(`a tab comes back ${shows ? 'with its conversation' : `empty after ${JSON.stringify(state(''))}`}`, async () => {
      const t = someViews();
      const { id } = await asked(t.p, 'Why?');
      await t.views.deserializeWebviewPanel(new FakeView().asPanel(), state(id));
      assert.equal(t.views.existing?.session.conversation, shows ? id : null);
    });
  }

  it('gives the side bar’s page a snapshot and the draft, and a tab’s page a snapshot only', async () => {
    const t = someViews();
    t.draft.save('half a thought');
    await t.views.current();
    await t.views.openTab(null);
    for (const view of [t.sidebar, only(t.tabs)]) ready(view);
    await eventually(() => t.sidebar.webview.types().includes('draft'), 'the draft is posted');
    await eventually(() => only(t.tabs).webview.types().includes('snapshot'), 'the snapshot is posted');
    assert.deepEqual(t.sidebar.webview.posted.at(-1), { type: 'draft', text: 'half a thought' });
    assert.ok(!only(t.tabs).webview.types().includes('draft'));
  });

  for (const message of [undefined, null, 7, 'send', {}, { type: 'send' }, { type: 'unheard', requestId: 'r' }]) {
    it(`drops ${JSON.stringify(message)} with a line in the log and no answer`, async () => {
      const t = someViews();
      await t.views.current();
      t.sidebar.webview.messages.fire(message);
      assert.equal(t.warnings.length, 1);
      assert.deepEqual(t.sidebar.webview.types(), []);
    });
  }

  it('hears nothing from a page whose view is closed', async () => {
    const t = someViews();
    await t.views.current();
    t.sidebar.dispose();
    assert.equal(t.views.existing, undefined);
    t.sidebar.webview.messages.fire({ type: 'unheard' });
    assert.deepEqual(t.warnings, []);
  });
});
