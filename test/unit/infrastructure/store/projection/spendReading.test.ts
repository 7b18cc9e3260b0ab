import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { conversationId, modelId } from '../../../../../src/domain/ids';
import { nanoUsd } from '../../../../../src/domain/money';
import { type StoreEvent, isSpendEvent } from '../../../../../src/domain/storeEvent';
import { encodeFileHeader, encodeFrame } from '../../../../../src/infrastructure/store/journal/frame';
import {
  encodeManifest,
  findManifests,
  isManifestName,
  newManifestName,
} from '../../../../../src/infrastructure/store/projection/snapshotManifest';
import { EVENT_SCHEMA_VERSION } from '../../../../../src/infrastructure/store/journal/eventSchema';
import { anyEvent } from '../journal/anyEvents';
import { MemoryJournalFiles, systemError } from '../journal/memoryJournalFiles';
import { acceptancesOf, bookOf, chargesOf } from './spendOracle';
import { added, created, reserved, settled } from '../storeEvents';
import { openStore, openStoreWithProjection } from '../storeFixtures';

const WRITER = 'f'.repeat(32);
const JOURNAL = `j-${WRITER}.log`;
const SCHEMA_2 = path.join(__dirname, '..', '..', '..', '..', 'fixtures', 'stores', 'schema-2');

const accepted = (atMs: number): StoreEvent => ({
  type: 'spend.overrunAccepted',
  model: modelId('vendor/model'),
  atMs,
});

/** A journal of another window. @param schema of its frames; @param payloads JSON of each frame's events. */
const journalOf = (payloads: readonly string[], schema = EVENT_SCHEMA_VERSION): Buffer =>
  Buffer.concat([
    encodeFileHeader(),
    ...payloads.map((json, seq) => encodeFrame({ writer: WRITER, seq, lamport: seq + 1, schema }, json)),
  ]);

const journalsOf = (files: MemoryJournalFiles): readonly string[] =>
  files.names.filter((name) => name.startsWith('j-'));

/** The same folder without its manifests: what the journals alone say. */
function withoutManifests(files: MemoryJournalFiles): MemoryJournalFiles {
  const copy = new MemoryJournalFiles();
  for (const name of files.names) if (!isManifestName(name)) copy.put(name, files.content(name) ?? Buffer.alloc(0));
  return copy;
}

describe('reading spend', () => {
  it('returns each event of any window after the given position once', async () => {
    const files = new MemoryJournalFiles();
    const [a, b] = [openStore('memory', { files }), openStore('memory', { files })];
    await a.commit([reserved('r1'), added('c1', 'm1')]);
    const first = await a.spendEvents();
    assert.deepEqual(first, { events: [reserved('r1')], position: 1, gaps: [] });
    await b.commit([reserved('r2'), settled('r1')]);
    await a.commit([settled('r2')]);
    await a.commit([added('c1', 'm2')]);
    const second = await a.spendEvents(first.position);
    assert.deepEqual(
      second.events.map((event) => 'reservationId' in event && [event.type, event.reservationId]),
      [
        ['spend.settled', 'r2'],
        ['spend.reserved', 'r2'],
        ['spend.settled', 'r1'],
      ],
    );
    assert.deepEqual(await a.spendEvents(second.position), { events: [], position: 4, gaps: [] });
    assert.equal((await a.spendEvents()).events.length, 4);
    assert.equal((await a.spendEvents(first.position)).events.length, 3, 'an old position stays good');
    await Promise.all([a.close(), b.close()]);
  });

  describe('reports gaps', () => {
    const gapsOf = async (files: MemoryJournalFiles): Promise<unknown> =>
      (await openStore('memory', { files }).spendEvents()).gaps;

    it('in an unreadable journal, until it can be read', async () => {
      let broken = true;
      const files = new MemoryJournalFiles((_, name) => (broken && name === 'read' ? systemError('EIO') : undefined));
      files.put(JOURNAL, journalOf([JSON.stringify([reserved('r1')])]));
      const store = openStore('memory', { files });
      const first = await store.spendEvents();
      assert.deepEqual(first, {
        events: [],
        position: 0,
        gaps: [{ kind: 'unreadable', journal: JOURNAL, reason: { kind: 'diskError' } }],
      });
      broken = false;
      assert.deepEqual(await store.spendEvents(first.position), { events: [reserved('r1')], position: 1, gaps: [] });
    });

    it('in a damaged journal, until the user has acknowledged it', async () => {
      const files = new MemoryJournalFiles();
      const bytes = journalOf(['r1', 'r2', 'r3'].map((id) => JSON.stringify([reserved(id)])));
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      files.put(JOURNAL, bytes);
      const { store } = openStoreWithProjection('memory', { files });
      const { events, gaps } = await store.spendEvents();
      assert.deepEqual([events.length, gaps], [2, [{ kind: 'damaged', journal: JOURNAL }]]);
      await store.repair();
      assert.deepEqual((await store.spendEvents()).gaps, []);
      assert.deepEqual(await gapsOf(files), []);
      await store.close();
    });

    it('in records of a newer version and unreadable spend events', async () => {
      const files = new MemoryJournalFiles();
      files.put(JOURNAL, journalOf(['[{"type":"spend.painted"}]'], EVENT_SCHEMA_VERSION + 1));
      assert.deepEqual(await gapsOf(files), [
        { kind: 'unreadable', journal: JOURNAL, reason: { kind: 'newerVersion' } },
      ]);
      files.put(JOURNAL, journalOf(['[{"type":"spend.painted"}]', JSON.stringify([reserved('r1')])]));
      assert.deepEqual(await gapsOf(files), [{ kind: 'damaged', journal: JOURNAL }]);
      files.put(JOURNAL, journalOf([JSON.stringify([added('c1', 'm1', { content: 'a text about "spend.settled"' })])]));
      assert.deepEqual(await gapsOf(files), []);
    });

    it('on a network disk', async () => {
      const files = new MemoryJournalFiles();
      files.isOnNetwork = () => Promise.resolve(true);
      assert.deepEqual(await gapsOf(files), [{ kind: 'network' }]);
    });

    it('not in another window’s incomplete write', async () => {
      const files = new MemoryJournalFiles();
      const bytes = journalOf(['r1', 'r2'].map((id) => JSON.stringify([reserved(id)])));
      files.put(JOURNAL, bytes.subarray(0, bytes.length - 9));
      assert.deepEqual(await gapsOf(files), []);
    });

    it('not in an unreadable manifest or one of another version', async () => {
      const files = new MemoryJournalFiles();
      const { store, projection } = openStoreWithProjection('memory', { files });
      await store.commit([created('c1'), reserved('r1')]);
      await projection.save();
      await store.commit([settled('r1')]);
      await store.close();
      const [found] = (await findManifests(files)).found;
      assert.ok(found);
      const whole = files.content(found.name) ?? Buffer.alloc(0);
      const spend = (): never => JSON.parse('[{"type":"spend.painted"}]') as never;
      const cases: Readonly<Record<string, Buffer>> = {
        damaged: Buffer.from(whole.map((byte, i) => (i === 90 ? byte ^ 1 : byte))),
        'another projection': encodeManifest({
          ...found.manifest,
          projectionVersion: found.manifest.projectionVersion - 1,
          spend: () => [],
        }),
        'a newer projection': encodeManifest({
          ...found.manifest,
          projectionVersion: found.manifest.projectionVersion + 1,
          spend: () => [],
        }),
        'spend without sense': encodeManifest({ ...found.manifest, spend }),
      };
      for (const [what, bytes] of Object.entries(cases)) {
        const changed = files.afterKill();
        changed.put(found.name, bytes);
        // A later one that is of no use, before an older one that is.
        changed.put(newManifestName(), encodeManifest({ ...found.manifest, lamport: 99, spend }));
        const { events, gaps } = await openStore('memory', { files: changed }).spendEvents();
        assert.deepEqual([events, gaps], [[reserved('r1'), settled('r1')], []], what);
      }
    });
  });

  it('returns the same from a manifest and the rest as from all journals, whenever the snapshot was made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyEvent, fc.boolean(), fc.integer({ min: 0, max: 9 })), { maxLength: 40 }),
        async (steps) => {
          const files = new MemoryJournalFiles();
          const windows = [openStoreWithProjection('memory', { files }), openStoreWithProjection('memory', { files })];
          for (const [event, first, save] of steps) {
            const window = windows[first ? 0 : 1];
            await window?.store.commit([event]);
            if (save === 0) await window?.projection.save();
          }
          await windows[0]?.projection.refresh();
          await windows[0]?.projection.save();
          await windows[1]?.store.commit([reserved('last')]);
          const book = bookOf(
            steps
              .map(([event]) => event)
              .filter(isSpendEvent)
              .concat(reserved('last')),
          );
          for (const folder of [files, withoutManifests(files)]) {
            const { events, gaps } = await openStore('memory', { files: folder }).spendEvents();
            assert.deepEqual([bookOf(events), gaps], [book, []]);
          }
          for (const { store } of windows) await store.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps unsettled spend, bills above the worst case and accepted ones in a manifest, however old', async () => {
    const files = new MemoryJournalFiles();
    const { store, projection } = openStoreWithProjection('memory', { files });
    const old = { dayUtc: '2026-01-05' };
    await store.commit([
      created('c1'),
      { ...reserved('settled'), ...old },
      settled('settled'),
      { ...reserved('released'), ...old },
      { type: 'spend.released', reservationId: reserved('released').reservationId, atMs: 1 },
      { ...reserved('over', 63_999), ...old },
      settled('over'),
      { ...reserved('exact', 64_000), ...old },
      settled('exact'),
      { ...reserved('open'), ...old },
      { ...reserved('recent'), dayUtc: '2026-10-01' },
      { ...settled('recent'), settledBy: 'generation', estimateNanoUsd: null },
      reserved('today'),
      accepted(7),
      accepted(5),
    ]);
    await projection.save();
    await store.close();
    const { events } = await openStore('memory', { files }).spendEvents();
    assert.deepEqual([...chargesOf(events).keys()].sort(), ['open', 'over', 'recent', 'today']);
    assert.deepEqual([...acceptancesOf(events)], [['vendor/model', 7]]);
    assert.deepEqual(chargesOf(events).get('recent')?.settled, {
      ...settled('recent'),
      settledBy: 'generation',
      estimateNanoUsd: null,
    });
    assert.deepEqual(chargesOf(events).get('recent')?.reserved, { ...reserved('recent'), dayUtc: '2026-10-01' });
    const all = openStore('memory', { files: withoutManifests(files) });
    assert.equal(chargesOf((await all.spendEvents()).events).size, 7);
  });

  it('reads schema 2 without its snapshot and fills in the missing fields', async () => {
    const files = new MemoryJournalFiles();
    for (const name of readdirSync(SCHEMA_2)) files.put(name, readFileSync(path.join(SCHEMA_2, name)));
    const store = openStore('memory', { files });
    const { events, gaps } = await store.spendEvents();
    assert.equal(journalsOf(files).length, 1);
    assert.deepEqual(gaps, []);
    const charges = chargesOf(events);
    assert.deepEqual(
      [...charges].map(([id, { state }]) => [id, state]),
      [
        ['r1', 'settled'],
        ['r2', 'pending'],
        ['r3', 'released'],
      ],
    );
    assert.equal(charges.get('r1')?.reserved.quote, null);
    assert.deepEqual(
      [charges.get('r1')?.settled?.settledBy, charges.get('r1')?.settled?.estimateNanoUsd],
      ['stream', null],
    );
    assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });

    const page = await store.charges({ limit: 10, offset: 0 });
    assert.deepEqual(
      page.charges.map(({ reservationId, generationId, quote, state }) => [
        reservationId,
        generationId,
        quote,
        state.kind,
      ]),
      [
        ['r2', 'gen-2', null, 'pending'],
        ['r1', 'gen-1', null, 'settled'],
      ],
    );
    assert.equal((await store.load(conversationId('c1')))?.costNanoUsd, nanoUsd(64_000));
    await store.close();
  });
});
