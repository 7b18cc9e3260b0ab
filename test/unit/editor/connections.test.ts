import { FakeSecretStorage } from '../../support/vscodeShim';
import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { KeyedConnections, isOpenRouter } from '../../../src/editor/connections';

const OPENROUTER = 'https://openrouter.ai/api/v1';
const LOCAL = 'http://localhost:11434/v1';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('connections', () => {
  let secrets: FakeSecretStorage;
  let settings: { baseUrl: string };
  let environment: Record<string, string | undefined>;
  let connections: KeyedConnections;
  const keyNow = async (): Promise<string | undefined> => (await connections.current()).key;

  beforeEach(() => {
    secrets = new FakeSecretStorage();
    settings = { baseUrl: OPENROUTER };
    environment = {};
    const storage: vscode.SecretStorage = secrets;
    connections = new KeyedConnections({ secrets: storage, settings, environment, log: silent });
  });
  afterEach(() => connections.dispose());

  describe('hand a key only to the origin it was entered for', () => {
    const STORED = { 'https://openrouter.ai': 'sk-main', 'http://localhost:11434': 'local', 'https://a.test': 'a' };
    const ROWS: readonly (readonly [baseUrl: string, key: string | undefined, environmentKey: string | undefined])[] = [
      ['https://openrouter.ai/api/v1', 'sk-main', 'sk-main'],
      ['https://openrouter.ai:443/other', 'sk-main', 'sk-main'],
      ['https://OPENROUTER.ai/api/v1', 'sk-main', 'sk-main'],
      ['https://eu.openrouter.ai/api/v1', undefined, 'sk-env'],
      ['http://openrouter.ai/api/v1', undefined, undefined],
      ['https://openrouter.ai:8443/api/v1', undefined, undefined],
      ['https://openrouter.ai.evil.test/api/v1', undefined, undefined],
      ['https://openrouter.ai./api/v1', undefined, undefined],
      ['https://evil.test/openrouter.ai', undefined, undefined],
      ['https://evil.test/?https://openrouter.ai', undefined, undefined],
      ['https://api.openrouter.ai', undefined, undefined],
      ['https://opеnrouter.ai', undefined, undefined],
      ['http://localhost:11434/v1', 'local', 'local'],
      ['http://localhost:11435/v1', undefined, undefined],
      ['https://localhost:11434/v1', undefined, undefined],
      ['http://127.0.0.1:11434/v1', undefined, undefined],
      ['https://a.test/v1', 'a', 'a'],
      ['https://b.a.test/v1', undefined, undefined],
    ];
    for (const [baseUrl, stored, withEnvironment] of ROWS) {
      it(baseUrl, async () => {
        for (const [origin, key] of Object.entries(STORED)) secrets.stored.set(`key@${origin}`, key);
        settings.baseUrl = baseUrl;
        const connection = await connections.current();
        const { origin } = new URL(baseUrl);
        assert.deepEqual(connection, { baseUrl, origin, key: stored, keyRequired: isOpenRouter(origin) });
        environment['OPENROUTER_API_KEY'] = 'sk-env';
        secrets.setElsewhere('key@https://unrelated.test', 'x');
        assert.equal(await keyNow(), withEnvironment);
      });
    }
  });

  it('read the key once for many calls, also for calls at the same time', async () => {
    secrets.stored.set('key@https://openrouter.ai', 'sk-1');
    await Promise.all(Array.from({ length: 50 }, () => connections.current()));
    for (let i = 0; i < 50; i += 1) assert.equal(await keyNow(), 'sk-1');
    assert.equal(secrets.reads, 1);
  });

  it('see a key that another window stores, replaces or removes at once', async () => {
    assert.equal(await keyNow(), undefined);
    let heard = 0;
    connections.onDidChange(() => (heard += 1));
    for (const key of ['sk-1', 'sk-2', undefined]) {
      secrets.setElsewhere('key@https://openrouter.ai', key);
      assert.equal(await keyNow(), key);
    }
    assert.deepEqual([heard, secrets.reads], [3, 4]);
  });

  it('see our own changes, even before the event', async () => {
    await connections.current();
    // Stands in for an editor that delivers the event late.
    connections.dispose();
    assert.equal(await connections.setKey('https://openrouter.ai', 'sk-1'), true);
    assert.equal(await keyNow(), 'sk-1');
    await connections.clearKey('https://openrouter.ai');
    assert.equal(await keyNow(), undefined);
  });

  it('follow the base URL without waiting for an event', async () => {
    secrets.stored.set('key@https://openrouter.ai', 'sk-1');
    assert.equal(await keyNow(), 'sk-1');
    settings.baseUrl = LOCAL;
    assert.equal(await keyNow(), undefined);
    settings.baseUrl = OPENROUTER;
    assert.equal(await keyNow(), 'sk-1');
  });

  it('never pair a key with an address that changed while the key was being read', async () => {
    secrets.stored.set('key@https://openrouter.ai', 'sk-1');
    const before = connections.current();
    settings.baseUrl = LOCAL;
    const after = connections.current();
    assert.deepEqual([(await before).origin, (await before).key], ['https://openrouter.ai', 'sk-1']);
    assert.deepEqual([(await after).origin, (await after).key], ['http://localhost:11434', undefined]);
    assert.equal((await connections.current()).origin, 'http://localhost:11434');
  });

  it('never keep a key whose read began before a change', async () => {
    secrets.stored.set('key@https://openrouter.ai', 'sk-old');
    const before = connections.current();
    secrets.setElsewhere('key@https://openrouter.ai', 'sk-new');
    await before;
    assert.equal(await keyNow(), 'sk-new');
  });

  it('do not keep a failure to read', async () => {
    secrets.error = new Error('the keyring is locked');
    await assert.rejects(connections.current(), /the keyring is locked/);
    secrets.error = undefined;
    secrets.stored.set('key@https://openrouter.ai', 'sk-1');
    assert.equal(await keyNow(), 'sk-1');
  });

  it('report a key that the system did not keep', async () => {
    secrets.isKeeping = false;
    assert.equal(await connections.setKey('https://openrouter.ai', 'sk-1'), false);
    assert.equal(await keyNow(), undefined);
  });

  it('take the key of the environment trimmed, and not when it is empty', async () => {
    environment['OPENROUTER_API_KEY'] = '  ';
    assert.equal(await keyNow(), undefined);
    environment['OPENROUTER_API_KEY'] = ' sk-env\n';
    secrets.setElsewhere('key@https://unrelated.test', 'x');
    assert.equal(await keyNow(), 'sk-env');
  });
});
