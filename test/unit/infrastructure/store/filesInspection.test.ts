import assert from 'node:assert/strict';
import { needsRepair } from '../../../../src/domain/storeReport';
import { isDatabaseName, isManifestName } from '../../../../src/infrastructure/store/projection/snapshotManifest';
import { MemoryJournalFiles } from './journal/memoryJournalFiles';
import { added, created, ended, shell } from './storeEvents';
import { openStoreWithProjection } from './storeFixtures';

const isJournal = (name: string): boolean => name.startsWith('j-');

/** A journal with a snapshot in its middle, written and closed. */
async function aStore(): Promise<MemoryJournalFiles> {
  const files = new MemoryJournalFiles();
  const { store, projection } = openStoreWithProjection('memory', { files });
  await store.commit([created('c1'), added('c1', 'q1'), shell('c1', 'a1', 'q1'), ended('c1', 'a1')]);
  await projection.save();
  for (let i = 0; i < 5; i++) await store.commit([added('c1', `m${i}`)]);
  await store.close();
  const settled = new MemoryJournalFiles();
  for (const name of files.names) settled.put(name, files.content(name) ?? Buffer.alloc(0));
  return settled;
}

function flip(files: MemoryJournalFiles, is: (name: string) => boolean, at: (length: number) => number): void {
  const name = files.names.find(is) ?? '';
  const bytes = Buffer.from(files.content(name) ?? []);
  const place = at(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  files.put(name, bytes);
}

describe('the inspection of a store', () => {
  it('finds nothing wrong in an intact store', async () => {
    const files = await aStore();
    const before = new Map(files.names.map((name) => [name, files.content(name)]));
    const { store } = openStoreWithProjection('memory', { files });
    const report = await store.inspect();
    assert.deepEqual(
      report.journals.map(({ records, finding }) => [records, finding]),
      [[6, { kind: 'whole' }]],
    );
    assert.deepEqual(
      report.snapshots.map(({ finding }) => finding),
      ['whole'],
    );
    assert.deepEqual(
      [
        report.conversations,
        report.messages,
        report.projectionMatches,
        report.unknownFiles,
        report.unreadableRecords,
        report.notWritable,
      ],
      [1, 7, true, [], 0, undefined],
    );
    assert.equal(needsRepair(report), false);
    for (const [name, content] of before) assert.deepEqual(files.content(name), content);
    await store.close();
  });

  it('reports what is wrong with each file', async () => {
    const files = await aStore();
    flip(files, isJournal, (length) => length - 250);
    flip(files, isDatabaseName, (length) => length >> 1);
    files.put(`j-${'a'.repeat(32)}.log`, Buffer.from('SQLite format 3\0'));
    files.put(`j-${'b'.repeat(32)}.log`, Buffer.from('NTJRNL'));
    files.put('letter.txt', Buffer.from('x'));
    const { store } = openStoreWithProjection('memory', { files });
    const report = await store.inspect();
    const kinds = report.journals.map(({ finding }) => finding.kind).sort();
    assert.deepEqual(kinds, ['cutTail', 'damaged', 'foreign']);
    assert.deepEqual(
      report.snapshots.map(({ finding }) => finding),
      ['damaged'],
    );
    assert.deepEqual(report.unknownFiles, ['letter.txt']);
    assert.equal(needsRepair(report), true);
    await store.close();
  });

  it('notices that a snapshot and the journals differ', async () => {
    const files = await aStore();
    const journal = files.names.find(isJournal) ?? '';
    const whole = files.content(journal) ?? Buffer.alloc(0);
    const { store, projection } = openStoreWithProjection('memory', { files });
    await projection.save();
    await store.close();
    await files.remove(journal);
    const without = openStoreWithProjection('memory', { files });
    assert.equal((await without.store.conversations()).length, 1, 'a lost journal loses nothing that a snapshot holds');
    assert.equal((await without.store.inspect()).projectionMatches, false);
    await without.store.close();
    files.put(journal, whole);
    const again = openStoreWithProjection('memory', { files });
    assert.equal((await again.store.inspect()).projectionMatches, true);
    await again.store.close();
  });
});

describe('the repair of a store', () => {
  it('acknowledges damage, quarantines damaged copies, publishes a new one and changes no journal', async () => {
    const files = await aStore();
    flip(files, isJournal, (length) => length - 250);
    flip(files, isDatabaseName, (length) => length >> 1);
    const journals = new Map(files.names.filter(isJournal).map((name) => [name, files.content(name)]));
    const { store } = openStoreWithProjection('memory', { files });
    const before = await store.conversations();
    const state = await store.state();
    assert.equal(state.kind === 'ready' && state.warnings.length, 2);
    const report = await store.repair();
    assert.equal(needsRepair(report), false);
    assert.deepEqual(
      report.journals.map(({ finding }) => finding.kind === 'damaged' && finding.acknowledged),
      [true],
    );
    assert.deepEqual(
      report.snapshots.map(({ finding }) => finding),
      ['whole'],
    );
    assert.deepEqual(await store.conversations(), before);
    await store.close();
    for (const [name, content] of journals) assert.deepEqual(files.content(name), content);
    const again = openStoreWithProjection('memory', { files });
    assert.deepEqual(await again.store.conversations(), before);
    assert.deepEqual(await again.store.state(), { kind: 'ready', warnings: [] });
    await again.store.close();
    flip(files, isJournal, (length) => length - 1_200);
    const later = openStoreWithProjection('memory', { files });
    const found = (await later.store.inspect()).journals.map(
      ({ finding }) => finding.kind === 'damaged' && finding.acknowledged,
    );
    assert.deepEqual(found, [false], 'other damage is not the noted one');
    await later.store.close();
  });

  it('of an intact store only publishes a newer copy', async () => {
    const files = await aStore();
    const journals = new Map(files.names.filter(isJournal).map((name) => [name, files.content(name)]));
    const { store } = openStoreWithProjection('memory', { files });
    assert.equal(needsRepair(await store.repair()), false);
    assert.equal(files.names.filter(isManifestName).length, 2);
    for (const [name, content] of journals) assert.deepEqual(files.content(name), content);
    await store.close();
  });
});
