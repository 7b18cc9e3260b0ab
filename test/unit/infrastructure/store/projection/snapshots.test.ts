import type { StoreWarning } from '../../../../../src/domain/storeTrouble';
import assert from 'node:assert/strict';
import { conversationId } from '../../../../../src/domain/ids';
import type { ConversationStore } from '../../../../../src/domain/ports/store';
import {
  databaseNameOf,
  findManifests,
  isDatabaseName,
  isManifestName,
} from '../../../../../src/infrastructure/store/projection/snapshotManifest';
import { MemoryJournalFiles, systemError } from '../journal/memoryJournalFiles';
import { added, appended, created, ended, renamed, reserved, settled, shell } from '../storeEvents';
import { bookOf } from './spendOracle';
import { openStoreWithProjection } from '../storeFixtures';

const c1 = conversationId('c1');

/** Everything a window can see, and its money. */
async function visible(store: ConversationStore): Promise<unknown> {
  const conversations = await store.conversations();
  const loaded = await Promise.all(conversations.map(({ id }) => store.load(id)));
  return { loaded, book: bookOf((await store.spendEvents()).events), totals: await store.chargeTotals({}) };
}

/** @returns what a window that starts now sees, and the warnings it gives. */
async function atNextStart(
  files: MemoryJournalFiles,
): Promise<{ readonly seen: unknown; readonly warnings: readonly StoreWarning[] }> {
  const { store } = openStoreWithProjection('memory', { files });
  const seen = await visible(store);
  const state = await store.state();
  await store.close();
  return { seen, warnings: state.kind === 'ready' ? state.warnings : [state] };
}

async function turn(store: ConversationStore, n: number): Promise<void> {
  await store.commit([added('c1', `q${n}`), shell('c1', `a${n}`, `q${n}`), reserved(`r${n}`)]);
  await store.commit([appended('c1', `a${n}`, 0, `Reply ${n}`)]);
  if (n % 3 !== 0) await store.commit([ended('c1', `a${n}`), settled(`r${n}`)]);
}

/** A history with a snapshot of all but its last turns. */
async function withSnapshot(files: MemoryJournalFiles, generations = 1): Promise<void> {
  const { store, projection } = openStoreWithProjection('memory', { files });
  await store.commit([created('c1')]);
  for (let n = 0; n < generations; n++) {
    await turn(store, 2 * n);
    await projection.save();
    await turn(store, 2 * n + 1);
  }
  await store.close();
}

const names = (files: MemoryJournalFiles, is: (name: string) => boolean): readonly string[] => files.names.filter(is);

async function newestDatabase(files: MemoryJournalFiles): Promise<string> {
  const newest = (await findManifests(files)).found[0];
  assert.ok(newest);
  return databaseNameOf(newest.name);
}

/** The same folder without its snapshots: what folding everything shows. */
function withoutSnapshots(files: MemoryJournalFiles): MemoryJournalFiles {
  const copy = new MemoryJournalFiles();
  for (const name of files.names)
    if (!isManifestName(name) && !isDatabaseName(name)) copy.put(name, files.content(name) ?? Buffer.alloc(0));
  return copy;
}

describe('snapshots', () => {
  it('give the same result as folding everything, without reading the beginning of the journals', async () => {
    const files = new MemoryJournalFiles();
    await withSnapshot(files);
    const { seen, warnings } = await atNextStart(withoutSnapshots(files));
    const journal = files.names.find((name) => name.startsWith('j-')) ?? '';
    const reads: number[] = [];
    const read = files.read.bind(files);
    files.read = (name, position, length) => {
      if (name === journal) reads.push(position);
      return read(name, position, length);
    };
    assert.deepEqual(await atNextStart(files), { seen, warnings });
    assert.equal(warnings.length, 0);
    assert.ok(reads.length > 0 && reads.every((position) => position > 1000), `read from ${reads.join(', ')}`);
  });

  it('keep the newest and two older ones, and remove what a crash left behind long ago', async () => {
    const files = new MemoryJournalFiles();
    const litter = `s-${'e'.repeat(32)}.db`;
    files.put(litter, Buffer.from('half a database'));
    await withSnapshot(files, 5);
    assert.equal(names(files, isManifestName).length, 3);
    assert.equal(names(files, isDatabaseName).length, 3);
    assert.equal(files.content(litter), undefined);
    assert.equal(files.names.filter((name) => name.startsWith('j-')).length, 1);
  });

  it('are not written again without new content', async () => {
    const files = new MemoryJournalFiles();
    await withSnapshot(files);
    const { store, projection } = openStoreWithProjection('memory', { files });
    await projection.save();
    await projection.save();
    assert.equal(names(files, isManifestName).length, 2);
    await store.close();
  });

  describe('that are damaged', () => {
    /** What a crash can leave of a manifest. */
    const LIKE_A_CRASH = new Set(['empty', 'cut', 'longer', 'zeros']);
    const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
      ['empty', () => Buffer.alloc(0)],
      ['cut', (bytes) => bytes.subarray(0, bytes.length - 1)],
      ['longer', (bytes) => Buffer.concat([bytes, Buffer.from([0])])],
      ['zeros', (bytes) => Buffer.alloc(bytes.length)],
      ...[0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999].map((part): readonly [string, (bytes: Buffer) => Buffer] => [
        `with a flipped bit at ${part}`,
        (bytes) => {
          const flipped = Buffer.from(bytes);
          const at = Math.floor(bytes.length * part);
          flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
          return flipped;
        },
      ]),
    ];

    for (const generations of [1, 3]) {
      for (const [what, damage] of damages) {
        it(`${what}, ${generations === 1 ? 'the only one' : 'the newest of three'}: the rest shows everything, nothing is changed`, async () => {
          const whole = new MemoryJournalFiles();
          await withSnapshot(whole, generations);
          const { seen } = await atNextStart(whole);
          for (const suffix of ['db', 'json']) {
            const files = whole.afterKill();
            const name = (await newestDatabase(files)).replace(/db$/, suffix);
            files.put(name, damage(files.content(name) ?? Buffer.alloc(0)));
            const before = new Map(files.names.map((each) => [each, files.content(each)]));
            const after = await atNextStart(files);
            assert.deepEqual(after.seen, seen, suffix);
            if (suffix === 'json' && LIKE_A_CRASH.has(what))
              assert.deepEqual(after.warnings, [], 'a manifest whose writing was cut never was a snapshot');
            else assert.deepEqual(after.warnings, [{ kind: 'damagedSnapshot' }]);
            const { store, projection } = openStoreWithProjection('memory', { files });
            await store.conversations();
            await projection.refresh();
            await store.close();
            for (const [each, content] of before) assert.deepEqual(files.content(each), content, each);
            assert.equal(files.names.length, before.size, 'nothing is published while something is damaged');
          }
        });
      }
    }

    it('missing: an older one is used', async () => {
      const files = new MemoryJournalFiles();
      await withSnapshot(files, 3);
      const { seen } = await atNextStart(files);
      for (const name of names(files, isManifestName)) {
        const without = files.afterKill();
        await without.remove(name);
        assert.deepEqual(await atNextStart(without), { seen, warnings: [] });
      }
    });
  });

  it('keep the history complete if any call fails, once or for good, and the process then dies', async () => {
    let calls = 0;
    const whole = new MemoryJournalFiles();
    await withSnapshot(whole, 2);
    const { seen } = await atNextStart(whole);
    for (let failing = 1; ; failing++) {
      for (const forGood of [false, true]) {
        let counting = false;
        calls = 0;
        const files = whole.afterKill((name) => {
          if (!counting) return undefined;
          calls += 1;
          return calls === failing || (forGood && calls > failing)
            ? systemError(name === 'remove' ? 'EBUSY' : 'EIO')
            : undefined;
        });
        const { store, projection } = openStoreWithProjection('memory', { files });
        await store.conversations();
        await store.commit([renamed('c1', 'Renamed')]);
        counting = true;
        await projection.save().catch(() => undefined);
        counting = false;
        for (const left of [files.afterKill(), files.afterPowerCut()]) {
          const next = openStoreWithProjection('memory', { files: left });
          assert.equal((await next.store.load(c1))?.title, 'Renamed', `call ${failing}`);
          await next.store.commit([renamed('c1', 'Title of c1')]);
          // A crash in the middle of the recovery from a crash.
          await next.projection.save();
          const again = await atNextStart(left);
          assert.deepEqual(again.seen, seen, `call ${failing}`);
          await next.store.close();
        }
      }
      if (calls < failing) break;
    }
    assert.ok(calls > 12, `only ${calls} calls`);
  });

  it('are not published by a window that saw damage', async () => {
    const files = new MemoryJournalFiles();
    await withSnapshot(files);
    const journal = files.names.find((name) => name.startsWith('j-')) ?? '';
    const bytes = Buffer.from(files.content(journal) ?? []);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 200) ^ 1, bytes.length - 200);
    files.put(journal, bytes);
    const { store, projection } = openStoreWithProjection('memory', { files });
    await store.conversations();
    await projection.save();
    assert.equal(names(files, isManifestName).length, 1);
    await store.close();
  });

  it('of two windows at once are both complete', async () => {
    const files = new MemoryJournalFiles();
    await withSnapshot(files);
    const { seen } = await atNextStart(files);
    const [one, two] = [openStoreWithProjection('memory', { files }), openStoreWithProjection('memory', { files })];
    await Promise.all([one.projection.save(), two.projection.save()]);
    for (const name of names(files, isManifestName)) {
      const others = names(files, isManifestName).filter((other) => other !== name);
      const only = files.afterKill();
      for (const other of others) await only.remove(other);
      assert.deepEqual(await atNextStart(only), { seen, warnings: [] });
    }
    await one.store.close();
    await two.store.close();
  });
});
