import type { StoreReason } from '../../../../../src/domain/storeTrouble';
import assert from 'node:assert/strict';
import { messageId } from '../../../../../src/domain/ids';
import { StoreWriteError } from '../../../../../src/domain/ports/store';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { type FaultPlan, MemoryJournalFiles, readEvents, systemError } from './memoryJournalFiles';
import { added } from '../storeEvents';
import { IDLE_JOURNAL_MS } from '../../../../../src/infrastructure/store/journal/writer';
import { openStore, testClock } from '../storeFixtures';

const idsOf = (events: readonly StoreEvent[]): readonly string[] =>
  events.map((event) => (event.type === 'message.added' ? event.messageId : event.type));

interface Outcome {
  readonly acked: readonly string[];
  readonly failed: readonly string[];
}

/** Five commits one after the other, then five at once, each of two events. */
async function commitTen(files: MemoryJournalFiles): Promise<Outcome> {
  const store = openStore('memory', { files });
  const acked: string[] = [];
  const failed: string[] = [];
  const commit = async (id: string): Promise<void> => {
    try {
      await store.commit([added('c', `${id}a`), added('c', `${id}b`)]);
      acked.push(id);
    } catch (error) {
      assert.ok(error instanceof StoreWriteError, String(error));
      failed.push(id);
    }
  };
  for (let i = 0; i < 5; i++) await commit(`m${i}`);
  await Promise.all([5, 6, 7, 8, 9].map((i) => commit(`m${i}`)));
  await store.close();
  return { acked, failed };
}

/** All acknowledged commits are there, in order; every other one is there as a whole or not at all. */
async function assertKept(files: MemoryJournalFiles, { acked }: Outcome, label: string): Promise<void> {
  const ids = idsOf(await readEvents(files));
  const commits = ids.filter((id) => id.endsWith('a')).map((id) => id.slice(0, -1));
  assert.deepEqual(
    ids,
    commits.flatMap((id) => [`${id}a`, `${id}b`]),
    `${label}: commits are whole`,
  );
  assert.deepEqual(
    commits.filter((id) => acked.includes(id)),
    acked,
    `${label}: acknowledged commits are kept once and in order`,
  );
  const next = openStore('memory', { files });
  await next.commit([added('c', 'next')]);
  assert.deepEqual(idsOf(await readEvents(files)), [...ids, 'next'], `${label}: the next start is healthy`);
  await next.close();
}

const CODES = ['ENOSPC', 'EIO'];

describe('JournalWriter', () => {
  it('acknowledges a commit only when its bytes and its file name are flushed', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    const flushedWhenAcked: string[] = [];
    await Promise.all(
      ['m1', 'm2', 'm3'].map(async (id) => {
        await store.commit([added('c', id)]);
        if (idsOf(await readEvents(files.afterPowerCut())).includes(id)) flushedWhenAcked.push(id);
      }),
    );
    await store.commit([added('c', 'm4')]);
    assert.deepEqual(idsOf(await readEvents(files.afterPowerCut())), ['m1', 'm2', 'm3', 'm4']);
    assert.deepEqual(flushedWhenAcked, ['m1', 'm2', 'm3']);
  });

  it('resolves no sooner than the flush ends', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    await store.commit([added('c', 'm0')]);
    const before = files.calls.filter((call) => call === 'synced').length;
    await store.commit([added('c', 'm1')]).then(() => files.calls.push('acknowledged'));
    assert.equal(files.calls.filter((call) => call === 'synced').length, before + 1);
    assert.ok(files.calls.lastIndexOf('synced') < files.calls.lastIndexOf('acknowledged'));
  });

  it('flushes commits that wait together once, in order', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    await store.commit([added('c', 'first')]);
    const before = files.calls.filter((call) => call === 'sync').length;
    const ids = Array.from({ length: 50 }, (_, i) => `m${i}`);
    await Promise.all(ids.map((id) => store.commit([added('c', id)])));
    assert.ok(files.calls.filter((call) => call === 'sync').length - before <= 2);
    assert.deepEqual(idsOf(await readEvents(files)), ['first', ...ids]);
  });

  it('creates one file, with the first commit', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    await store.conversations();
    await store.spendEvents();
    await store.commit([]);
    assert.deepEqual(files.names, []);
    await store.commit([added('c', 'm1')]);
    await store.commit([added('c', 'm2')]);
    assert.equal(files.names.length, 1);
    assert.match(files.names[0] ?? '', /^j-[0-9a-f]{32}\.log$/);
  });

  for (const code of CODES) {
    for (const forever of [false, true]) {
      it(`loses no acknowledged commit when one call fails with ${code}${forever ? ' and all later ones do' : ''}`, async () => {
        for (let at = 1, calls = 1; at <= calls; at++) {
          const files = new MemoryJournalFiles((call) =>
            call === at || (forever && call > at) ? systemError(code) : undefined,
          );
          const outcome = await commitTen(files);
          calls = Math.max(calls, files.calls.filter((call) => call !== 'synced').length);
          const label = `call ${at}`;
          assert.equal(outcome.acked.length + outcome.failed.length, 10);
          if (!forever) assert.ok(outcome.acked.length >= 5, `${label}: work goes on, ${outcome.failed.join()} failed`);
          await assertKept(files.afterKill(), outcome, label);
          await assertKept(files.afterPowerCut(), outcome, `${label}, power cut`);
        }
      });
    }
  }

  for (const taken of [1, 7, 100]) {
    it(`writes everything when the disk takes ${taken} bytes at a time`, async () => {
      const files = new MemoryJournalFiles((_, name) => (name === 'write' ? taken : undefined));
      const outcome = await commitTen(files);
      assert.equal(outcome.acked.length, 10);
      await assertKept(files.afterPowerCut(), outcome, 'short writes');
    });
  }

  it('fails if the disk accepts no bytes', async () => {
    const files = new MemoryJournalFiles((_, name) => (name === 'write' ? 0 : undefined));
    await assert.rejects(openStore('memory', { files }).commit([added('c', 'm')]), {
      name: 'StoreWriteError',
      reason: { kind: 'diskFull' },
    });
  });

  it('starts another journal after half a day without a commit', async () => {
    let nowMs = 0;
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files, clock: { nowMs: testClock.nowMs, monotonicMs: () => nowMs } });
    await store.commit([added('c', 'm1')]);
    nowMs += IDLE_JOURNAL_MS - 1;
    await store.commit([added('c', 'm2')]);
    assert.equal(files.names.length, 1);
    nowMs += IDLE_JOURNAL_MS;
    await store.commit([added('c', 'm3')]);
    assert.equal(files.names.length, 2);
    assert.deepEqual(idsOf(await readEvents(files)), ['m1', 'm2', 'm3']);
    await store.close();
  });

  it('never appends behind a failed flush and truncates what it left', async () => {
    let failing = false;
    const plan: FaultPlan = (_, name) => (failing && name === 'sync' ? systemError('EIO') : undefined);
    const files = new MemoryJournalFiles(plan);
    const store = openStore('memory', { files });
    await store.commit([added('c', 'm1')]);
    const [first = ''] = files.names;
    const good = files.content(first);
    failing = true;
    await assert.rejects(store.commit([added('c', 'm2')]), StoreWriteError);
    assert.deepEqual(files.content(first), good);
    await assert.rejects(store.commit([added('c', 'm3')]), StoreWriteError);
    assert.deepEqual(files.names, [first], 'a journal without an acknowledged commit is removed');
    failing = false;
    await store.commit([added('c', 'm4')]);
    assert.deepEqual(files.content(first), good);
    assert.equal(files.names.length, 2);
    assert.deepEqual(idsOf(await readEvents(files)), ['m1', 'm4']);
  });

  it('reports why a commit failed until one succeeds', async () => {
    const reasons: Record<string, StoreReason> = {
      ENOSPC: { kind: 'diskFull' },
      EROFS: { kind: 'readOnlyDisk' },
      EACCES: { kind: 'accessDenied' },
    };
    for (const [code, reason] of Object.entries(reasons)) {
      let failing = true;
      const files = new MemoryJournalFiles((_, name) => (failing && name === 'write' ? systemError(code) : undefined));
      const store = openStore('memory', { files });
      await assert.rejects(store.commit([added('c', 'm')]), { name: 'StoreWriteError', reason });
      assert.deepEqual(await store.state(), {
        kind: 'ready',
        warnings: [{ kind: 'notSaved', reason }],
      });
      failing = false;
      await store.commit([added('c', 'm')]);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
    }
  });

  it('does not acknowledge a commit to a deleted file', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    await store.commit([added('c', 'm1')]);
    files.deleteAll();
    await assert.rejects(store.commit([added('c', 'm2')]), { reason: { kind: 'folderDeleted' } });
    await store.commit([added('c', 'm3')]);
    assert.deepEqual(idsOf(await readEvents(files)), ['m3']);
  });

  it('rejects a record that could not be read back, and only that one', async () => {
    const files = new MemoryJournalFiles();
    const store = openStore('memory', { files });
    const huge = added('c', 'huge', { content: 'x'.repeat(17 * 1024 * 1024) });
    const results = await Promise.allSettled([
      store.commit([added('c', 'm1')]),
      store.commit([added('c', 'bad', { atMs: Number.NaN })]),
      store.commit([huge]),
      store.commit([{ ...added('c', 'm2'), messageId: messageId('m2') }]),
    ]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(idsOf(await readEvents(files)), ['m1', 'm2']);
  });
});
