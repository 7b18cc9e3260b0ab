import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Exchange } from '../../../../src/application/exchange/exchange';
import { conversationId } from '../../../../src/domain/ids';
import type { IncomingConversation, PeerName, PeerReading, PeerRemark } from '../../../../src/domain/incoming';
import { peerHistories } from '../../../../src/infrastructure/peers/peerHistories';
import { defaultSettings } from '../../../support/testCore';
import { openStore, withFolder } from '../store/storeFixtures';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/peers', import.meta.url));
const FILE_TIME = new Date('2025-12-24T18:00:00.000Z');
const CUT = { kind: 'file', file: 'ui_messages.json', problem: { kind: 'cut' } };
const placesIn = (folder: string) => ({
  globalStorage: path.join(folder, 'globalStorage'),
  home: path.join(folder, 'home'),
  env: {},
});

async function readAll(peer: PeerName, folder = FIXTURES): Promise<readonly PeerReading[]> {
  const readings: PeerReading[] = [];
  for (const history of peerHistories(placesIn(folder)))
    if (history.peer === peer) for await (const reading of history.read()) readings.push(reading);
  return readings;
}

/** A copy whose files all have the same time, which is used if a history has none. */
async function withFixtures(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    cpSync(FIXTURES, folder, { recursive: true });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) utimesSync(path.join(parentPath, name), FILE_TIME, FILE_TIME);
    await test(folder);
  });
}

/** The visible parts. */
function shown(c: IncomingConversation): unknown {
  return {
    title: c.title,
    model: c.model,
    created: new Date(c.createdAtMs).toISOString(),
    updated: new Date(c.updatedAtMs).toISOString(),
    messages: c.messages.map((m) => ({
      id: m.id,
      role: m.role,
      at: m.createdAtMs,
      content: m.content,
      reasoning: m.reasoning,
      state: m.state,
      model: m.model,
      provider: m.provider,
      costNanoUsd: m.cost.costNanoUsd,
      source: m.cost.source,
      usage: m.usage,
      failure: m.failure,
      attachments: m.attachments,
    })),
  };
}

function report(readings: readonly PeerReading[]): {
  readonly conversations: readonly unknown[];
  readonly skipped: readonly PeerRemark[];
  readonly remarks: readonly PeerRemark[];
} {
  return {
    conversations: readings.flatMap((r) => (r.kind === 'conversation' ? [shown(r.conversation)] : [])),
    skipped: readings.flatMap((r) => (r.kind === 'skipped' ? [r.remark] : [])),
    remarks: readings.flatMap((r) => (r.kind === 'conversation' ? r.remarks : [])),
  };
}

const expected = (peer: PeerName): unknown =>
  JSON.parse(readFileSync(path.join(FIXTURES, 'expected', `${peer}.json`), 'utf8'));

describe('histories of other extensions', () => {
  for (const peer of ['rooCode', 'cline', 'continue'] as const) {
    it(`reads ${peer} as in expected/${peer}.json`, async () => {
      await withFixtures(async (folder) =>
        assert.deepEqual(JSON.parse(JSON.stringify(report(await readAll(peer, folder)))), expected(peer)),
      );
    });

    it(`links the messages of ${peer} into one branch`, async () => {
      for (const reading of await readAll(peer)) {
        if (reading.kind === 'skipped') continue;
        const { messages, activeLeafId } = reading.conversation;
        assert.deepEqual(
          messages.map((m) => m.parentId),
          [null, ...messages.slice(0, -1).map((m) => m.id)],
        );
        assert.equal(activeLeafId, messages.at(-1)?.id);
      }
    });
  }

  it('finds nothing if those extensions were never used', async () => {
    await withFolder(async (folder) => {
      for (const history of peerHistories(placesIn(folder))) {
        assert.equal(await history.count(), 0);
        for await (const reading of history.read()) assert.fail(reading.kind);
      }
    });
  });

  it('uses the folders set in the environment', async () => {
    const env = {
      CLINE_DATA_DIR: path.join(FIXTURES, 'home/.cline/data'),
      CONTINUE_GLOBAL_DIR: path.join(FIXTURES, 'home/.continue'),
    };
    const counts = await Promise.all(
      peerHistories({ globalStorage: '/nowhere', home: '/nowhere', env }).map((h) => h.count()),
    );
    assert.deepEqual(counts, [0, 0, 0, 3, 6]);
  });

  it('is merged once, completed when it has grown, and not counted toward the budget', async () => {
    await withFolder(async (folder) => {
      cpSync(FIXTURES, folder, { recursive: true });
      const store = openStore(path.join(folder, 'store'));
      const exchange = new Exchange({
        store,
        settings: { current: () => defaultSettings },
        onImported: () => undefined,
      });
      const peers = peerHistories(placesIn(folder));
      const first = await exchange.importPeers(peers);
      assert.deepEqual([first.added, first.updated, first.unchanged], [10, 0, 0]);
      const before = await exchange.exportJson('all');
      const second = await exchange.importPeers(peers);
      assert.deepEqual([second.added, second.updated, second.unchanged], [0, 0, 10]);
      assert.equal(await exchange.exportJson('all'), before);
      assert.deepEqual((await store.spendEvents()).events, []);
      assert.deepEqual((await exchange.importJson(before)).remarks, []);

      const grown = path.join(folder, 'home/.continue/sessions/old-format.json');
      const session = JSON.parse(readFileSync(grown, 'utf8'));
      session.history.push({ message: { role: 'user', content: 'One more' }, contextItems: [] });
      writeFileSync(grown, JSON.stringify(session));
      const third = await exchange.importPeers(peers);
      assert.deepEqual([third.added, third.updated, third.remarks], [0, 1, second.remarks]);
      assert.deepEqual(
        [...((await store.load(conversationId('continue-old-format')))?.messages.values() ?? [])].map((m) => m.content),
        ['Hello there', 'General Kenobi', 'One more'],
      );
      await store.close();
    });
  });

  it('reads every prefix of a history without inventing anything', async () => {
    await withFolder(async (folder) => {
      const name = 'globalStorage/rooveterinaryinc.roo-cline/tasks/0b2e9d1c-6a5f-4c1e-9b7a-2f8d3c4e5f60';
      const bytes = readFileSync(path.join(FIXTURES, name, 'ui_messages.json'));
      const [whole] = await readAll('rooCode');
      assert.ok(whole?.kind === 'conversation');
      const task = path.join(folder, name);
      mkdirSync(task, { recursive: true });
      let salvaged = 0;
      for (let length = 0; length < bytes.length; length += 13) {
        writeFileSync(path.join(task, 'ui_messages.json'), bytes.subarray(0, length));
        const [reading] = await readAll('rooCode', folder);
        if (reading?.kind !== 'conversation') continue;
        salvaged += 1;
        assert.deepEqual(reading.remarks[0]?.problem, CUT);
        reading.conversation.messages.forEach((m, at) =>
          assert.ok(whole.conversation.messages[at]?.content.startsWith(m.content), `${length}: ${m.content}`),
        );
      }
      assert.ok(salvaged > 150, `${salvaged} prefixes were salvaged`);
    });
  });

  it('never writes to the folders of other extensions', async () => {
    await withFolder(async (folder) => {
      cpSync(FIXTURES, folder, { recursive: true });
      const listing = (): string =>
        JSON.stringify(
          readdirSync(folder, { recursive: true, withFileTypes: true }).map((e) => [
            e.parentPath,
            e.name,
            e.isFile() ? readFileSync(path.join(e.parentPath, e.name)).toString('hex') : '',
          ]),
        );
      const before = listing();
      for (const peer of ['rooCode', 'cline', 'continue'] as const) await readAll(peer, folder);
      assert.equal(listing(), before);
    });
  });
});
