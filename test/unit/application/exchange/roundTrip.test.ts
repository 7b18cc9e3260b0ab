import assert from 'node:assert/strict';
import { documentWords } from '../../../support/words';
import fc from 'fast-check';
import { conversationId } from '../../../../src/domain/ids';
import { anyHistory } from './anyHistory';
import { withStore } from './exchangeFixtures';

const SEED = 20261121;
const runs = (numRuns: number): fc.Parameters<unknown> => ({
  seed: SEED,
  numRuns,
  interruptAfterTimeLimit: 60_000,
  markInterruptAsFailure: true,
});

describe('export and import', function () {
  this.timeout(120_000);

  it('brings every history back byte for byte, and the second time nothing changes', async () => {
    let forks = 0;
    let hiddenSources = 0;
    let messages = 0;
    let continued = 0;
    let retried = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, async (events) => {
        await withStore(events, async (from) => {
          const file = await from.exchange.exportJson('all');
          forks += file.split('"forkedFrom":{').length - 1;
          hiddenSources += file.split('"scope":"sharedPrefix"').length - 1;
          messages += file.split('"parentId"').length - 1;
          continued += file.split('"continues":').length - 1;
          retried += file.split('"failedAttempts":').length - 1;
          await withStore([], async (to) => {
            const first = await to.exchange.importJson(file);
            assert.deepEqual(first.remarks, []);
            assert.equal(first.added, (await from.store.conversations()).length);
            assert.equal(await to.exchange.exportJson('all'), file);
            assert.deepEqual(await to.exchange.importJson(file), {
              added: 0,
              updated: 0,
              unchanged: first.added,
              remarks: [],
            });
            assert.equal(await to.exchange.exportJson('all'), file);
            assert.deepEqual((await to.store.spendEvents()).events, []);
          });
        });
      }),
      runs(100),
    );
    assert.ok(continued > 100 && retried > 50, `${continued} continued and ${retried} retried replies were tried`);
    assert.ok(
      forks > 100 && hiddenSources > 10 && messages > 300,
      `${forks} forks, ${hiddenSources} hidden sources, ${messages} messages were tried`,
    );
  });

  it('brings back each conversation alone, a fork with what it shares', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.nat(100), async (events, number) => {
        await withStore(events, async (from) => {
          const all = await from.store.conversations();
          const one = all[number % Math.max(1, all.length)];
          if (!one) return;
          const file = await from.exchange.exportJson([one.id]);
          await withStore([], async (to) => {
            assert.deepEqual(await to.exchange.importJson(file), { added: 1, updated: 0, unchanged: 0, remarks: [] });
            assert.equal(await to.exchange.exportJson([one.id]), file);
            assert.deepEqual(
              (await to.store.conversations()).map((c) => c.id),
              [one.id],
            );
            const [before, after] = [await from.store.load(one.id), await to.store.load(one.id)];
            assert.deepEqual([...(after?.messages.keys() ?? [])], [...(before?.messages.keys() ?? [])]);
            assert.deepEqual(
              [after?.costNanoUsd, after?.totalTokens, after?.activeLeafId],
              [before?.costNanoUsd, before?.totalTokens, before?.activeLeafId],
            );
          });
        });
      }),
      runs(50),
    );
  });

  it('puts a history together from its files in any order', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.nat(1000), async (events, number) => {
        await withStore(events, async (from) => {
          const whole = await from.exchange.exportJson('all');
          const files = [...(await from.exchange.exportJsonFiles('all', 1))];
          const turned = files.map((_, at) => files[(at * 7 + number) % files.length] ?? '');
          await withStore([], async (to) => {
            for (const file of new Set([...turned, ...files]))
              assert.deepEqual((await to.exchange.importJson(file)).remarks, []);
            assert.equal(await to.exchange.exportJson('all'), whole);
          });
        });
      }),
      runs(40),
    );
  });

  it('completes a store that has part of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.integer({ min: 1, max: 20 }), async (events, kept) => {
        await withStore(events, async (from) => {
          const file = await from.exchange.exportJson('all');
          const older = JSON.parse(file);
          for (const c of older.conversations) c.messages = c.messages.slice(0, kept);
          await withStore([], async (to) => {
            await to.exchange.importJson(JSON.stringify(older));
            const report = await to.exchange.importJson(file);
            assert.deepEqual([report.added, report.remarks], [0, []]);
            assert.equal(withoutLeaves(await to.exchange.exportJson('all')), withoutLeaves(file));
          });
        });
      }),
      runs(40),
    );
  });

  it('refuses to export what is not there', async () => {
    await withStore([], async ({ exchange }) => {
      await assert.rejects(exchange.exportJson([conversationId('c1')]), {
        name: 'RefusedError',
        refusal: { code: 'NOT_FOUND', what: 'conversation' },
      });
      await assert.rejects(exchange.exportMarkdown(conversationId('c1'), documentWords), { name: 'RefusedError' });
      assert.deepEqual(JSON.parse(await exchange.exportJson('all')).conversations, []);
    });
  });
});

/** Which branch is shown where a part came first is decided by what was there first. */
const withoutLeaves = (file: string): string => file.replace(/"activeLeafId":(?:null|"[^"]*")/g, '');
