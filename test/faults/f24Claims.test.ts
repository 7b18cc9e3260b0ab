import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClaimingWindow, ClaimingWindows } from '../unit/infrastructure/store/windows/claimingWindows';
import { withFolder } from '../unit/infrastructure/store/storeFixtures';
import { fault } from './faultReport';
import { bySize } from './faultScale';

const WINDOWS = 3;
const SURE_MS = 20_000;
const count = (window: ClaimingWindow, line: string): number => window.lines.filter((said) => said === line).length;

async function until(condition: () => boolean, what: string): Promise<void> {
  const limitMs = performance.now() + SURE_MS;
  while (!condition()) {
    if (performance.now() > limitMs) throw new Error(`${what} took longer than ${SURE_MS} ms`);
    await delay(2);
  }
}

describe('faults: claims', () => {
  const windows = new ClaimingWindows();
  before(() => windows.build());
  afterEach(() => windows.killAll());
  after(() => windows.dispose());

  fault('F24', 'windows that compete for a conversation are killed', 900_000, async ({ tally, random }) => {
    await withFolder(async (folder) => {
      const [store, witness] = [path.join(folder, 'store'), path.join(folder, 'witness')];
      mkdirSync(witness);
      const fighting: ClaimingWindow[] = [];
      const everyone: ClaimingWindow[] = [];
      const enter = (): void => {
        const window = windows.open(store);
        window.send(`fight ${witness}`);
        fighting.push(window);
        everyone.push(window);
      };
      for (let w = 0; w < WINDOWS; w++) enter();
      const turns = (): number => everyone.reduce((sum, window) => sum + count(window, 'got'), 0);
      for (let run = 0; run < bySize({ quick: 8, full: 300 }); run++) {
        const before = turns();
        await until(() => turns() > before + 2, 'a turn for anybody');
        await delay(random.below(30));
        await fighting.shift()?.kill();
        const afterKill = turns();
        await until(() => turns() > afterKill, 'a turn after a kill');
        enter();
        tally.case();
      }
      await windows.killAll();
      for (let both = everyone.reduce((sum, window) => sum + count(window, 'both'), 0); both > 0; both--)
        tally.wrong('two had one conversation');
      tally.note(`${turns()} turns`);
    });
  });

  fault('F24', 'two windows claim a conversation at once', 600_000, async ({ tally }) => {
    await withFolder(async (folder) => {
      const [a, b] = [windows.open(folder), windows.open(folder)];
      const winners = new Set<number>();
      for (let round = 0; round < bySize({ quick: 40, full: 400 }); round++) {
        const answers = await Promise.all([a.ask('claim'), b.ask('claim')]);
        if ([...answers].sort().join() !== 'got,refused') tally.wrong(`${answers.join(' and ')} in round ${round}`);
        winners.add(answers.indexOf('got'));
        await Promise.all([a, b].map((window) => window.ask('release')));
        tally.case();
      }
      if (winners.size !== 2) tally.wrong('the same window won every time');
    });
  });
});
