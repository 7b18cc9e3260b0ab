import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Uri, fakeEditor } from '../../support/vscodeShim';
import type { CoreEvent } from '../../../src/domain/coreEvent';
import { Emitter } from '../../../src/domain/emitter';
import { LedgerTab, type LedgerTabOptions } from '../../../src/editor/webviews/ledgerTab';
import { LEDGER_PROTOCOL_VERSION } from '../../../src/protocol/ledger';
import { FakeView, only, useTabs } from './fakeWebviews';

const REFRESH_MS = 1_000;

describe('ledger tab', () => {
  beforeEach(() => {
    fakeEditor.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => mock.timers.reset());

  const aLedger = () => {
    const bus = new Emitter<CoreEvent>();
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (text: string) => void warnings.push(text), error: () => undefined };
    const tabs = useTabs();
    const parts = { extensionUri: Uri.file('/extension'), requests: {}, bus, log } as unknown as LedgerTabOptions;
    return { ledger: new LedgerTab(parts), bus, tabs, warnings };
  };

  it('opens one tab, shows it again, and opens another after it was closed', () => {
    const t = aLedger();
    t.ledger.show();
    t.ledger.show();
    const tab = only(t.tabs);
    assert.equal(tab.reveals, 1);
    assert.match(tab.webview.html, /<nt-ledger/);
    tab.dispose();
    t.ledger.show();
    assert.equal(t.tabs.length, 2);
  });

  it('takes a tab that comes back after a reload, and closes a second one', async () => {
    const t = aLedger();
    const [first, second] = [new FakeView(), new FakeView()];
    await t.ledger.deserializeWebviewPanel(first.asPanel());
    await t.ledger.deserializeWebviewPanel(second.asPanel());
    assert.deepEqual([first.isDisposed, second.isDisposed], [false, true]);
    t.ledger.show();
    assert.deepEqual([first.reveals, t.tabs.length], [1, 0]);
  });

  it('reports changes to a visible page, at most once a second', () => {
    const t = aLedger();
    t.ledger.show();
    const { webview } = only(t.tabs);
    for (let i = 0; i < 5; i++) t.bus.fire({ type: 'spendChanged' });
    assert.deepEqual(webview.types(), []);
    mock.timers.tick(REFRESH_MS);
    assert.deepEqual(webview.types(), ['changed']);
    t.bus.fire({ type: 'modelsChanged' });
    mock.timers.tick(REFRESH_MS);
    assert.deepEqual(webview.types(), ['changed'], 'nothing that the ledger shows');
    only(t.tabs).setState({ visible: false });
    t.bus.fire({ type: 'historyChanged' });
    mock.timers.tick(REFRESH_MS);
    assert.deepEqual(webview.types(), ['changed']);
  });

  it('reports nothing after its end', () => {
    const t = aLedger();
    t.ledger.show();
    t.bus.fire({ type: 'spendChanged' });
    t.ledger.dispose();
    mock.timers.tick(REFRESH_MS);
    assert.deepEqual(only(t.tabs).webview.types(), []);
  });

  const messages: readonly (readonly [unknown, number])[] = [
    [{ type: 'ready', version: LEDGER_PROTOCOL_VERSION }, 0],
    [{ type: 'ready', version: LEDGER_PROTOCOL_VERSION + 1 }, 1],
    [{ type: 'unheard', requestId: 'r' }, 1],
    [undefined, 1],
    ['text', 1],
  ];
  for (const [message, warnings] of messages) {
    it(`logs ${warnings} warnings for ${JSON.stringify(message)}`, () => {
      const t = aLedger();
      t.ledger.show();
      only(t.tabs).webview.messages.fire(message);
      assert.equal(t.warnings.length, warnings);
    });
  }
});
