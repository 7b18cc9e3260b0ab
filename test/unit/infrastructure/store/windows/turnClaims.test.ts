import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { conversationId } from '../../../../../src/domain/ids';
import { TurnClaims, isClaimName } from '../../../../../src/infrastructure/store/windows/turnClaims';
import { ClaimingWindows } from './claimingWindows';
import { MemoryJournalFiles, systemError } from '../journal/memoryJournalFiles';
import { openStore, withFolder } from '../storeFixtures';

const C = conversationId('c1');
const OTHER = conversationId('c2');
/** No process has it: the highest of a 64-bit Linux is 4,194,304. */
const NO_PID = 2_000_000_000;

const nothing = (): Promise<void> => Promise.resolve();
const claimsOf = (files: MemoryJournalFiles): readonly string[] => files.names.filter(isClaimName);

/** The name of a claim that another window of this process would make, with parts of it replaced. */
async function nameOf(
  id: typeof C,
  { machine, pid }: { readonly machine?: string; readonly pid?: number } = {},
): Promise<string> {
  const files = new MemoryJournalFiles();
  assert.ok(await new TurnClaims(files, nothing).claim(id));
  const [, of = '', here = '', process_ = '', window = '', count = ''] = claimsOf(files)[0]?.split('-') ?? [];
  return ['turn', of, machine ?? here, pid ?? process_, window, count].join('-');
}

describe('TurnClaims', () => {
  it('gives a conversation to one window, and to the next after a release', async () => {
    const files = new MemoryJournalFiles();
    const [a, b] = [new TurnClaims(files, nothing), new TurnClaims(files, nothing)];
    const first = await a.claim(C);
    assert.ok(first);
    assert.equal(await b.claim(C), undefined);
    assert.equal(await a.claim(C), undefined, 'nor to a second turn of the same window');
    assert.ok(await b.claim(OTHER), 'another conversation is free');
    first.dispose();
    const second = await b.claim(C);
    assert.ok(second);
    first.dispose();
    assert.equal(await a.claim(C), undefined, 'taking back twice does not take from the next one');
    await Promise.all([a.close(), b.close()]);
    assert.deepEqual(claimsOf(files), []);
  });

  it('gives it to exactly one of several simultaneous claims', async () => {
    const files = new MemoryJournalFiles();
    const windows = Array.from({ length: 3 }, () => new TurnClaims(files, () => new Promise(setImmediate)));
    for (let round = 0; round < 40; round++) {
      const claims = await Promise.all(windows.map((window) => window.claim(C)));
      const got = claims.filter((claim) => claim !== undefined);
      assert.equal(got.length, 1, `round ${round}`);
      got[0]?.dispose();
    }
  });

  for (const [rank, window, stays] of [
    ['lower', 'f'.repeat(16), true],
    ['higher', '0'.repeat(16), false],
  ] as const) {
    it(`${stays ? 'keeps its claim' : 'withdraws'} if its name is ${rank} than another one's, and gets the conversation when that ends`, async () => {
      const files = new MemoryJournalFiles();
      const rival = (await nameOf(C)).replace(/[^-]+-1$/, `${window}-1`);
      await files.touch(rival);
      const announced: boolean[] = [];
      const claims = new TurnClaims(files, async () => {
        announced.push(claimsOf(files).some((name) => name !== rival));
        await files.remove(rival);
      });
      assert.ok(await claims.claim(C));
      assert.deepEqual(announced, [stays]);
    });
  }

  const OWNERS: readonly (readonly [
    string,
    { readonly machine?: string; readonly pid?: number },
    'touched' | 'untouched',
    number,
    boolean,
  ])[] = [
    ['is alive', {}, 'untouched', 11_000, false],
    ['died on this machine', { pid: NO_PID }, 'untouched', 0, true],
    ['runs on another machine', { machine: 'f'.repeat(16), pid: NO_PID }, 'untouched', 11_000, false],
    ['did not move for long', {}, 'untouched', 13_000, true],
    ['did not move for long and woke up', {}, 'touched', 13_000, false],
    ['died on another machine', { machine: 'f'.repeat(16), pid: NO_PID }, 'untouched', 13_000, true],
    ['is on a machine with a clock that is ahead', { machine: 'f'.repeat(16) }, 'touched', -3_600_000, false],
    ['died on a machine with a clock that is ahead', { machine: 'f'.repeat(16) }, 'untouched', -3_600_000, true],
  ];
  for (const [what, parts, then, ageMs, free] of OWNERS) {
    it(`${free ? 'ignores' : 'respects'} the claim of an owner that ${what}`, async () => {
      const files = new MemoryJournalFiles();
      const name = await nameOf(C, parts);
      let extraMs = 0;
      files.modifiedMs = async (asked) =>
        asked === name ? (claimsOf(files).includes(name) ? 1_000_000_000 - ageMs + extraMs : undefined) : 1_000_000_000;
      await files.touch(name);
      const waits: number[] = [];
      const claims = new TurnClaims(files, async (ms) => {
        waits.push(ms);
        if (ms >= 5_000 && then === 'touched') extraMs += 3_000;
      });
      assert.equal((await claims.claim(C)) !== undefined, free);
      assert.equal(claimsOf(files).includes(name), !free, 'what is passed over is cleared away');
      const isDoubtful = ageMs < 0 || ageMs > 12_000;
      assert.equal(
        waits.some((ms) => ms >= 4_000),
        isDoubtful,
        'only whoever did not move is watched, and longer than it takes to touch',
      );
    });
  }

  it('removes claims of killed processes in other conversations', async () => {
    const files = new MemoryJournalFiles();
    await files.touch(await nameOf(OTHER, { pid: NO_PID }));
    await files.touch(await nameOf(OTHER));
    assert.ok(await new TurnClaims(files, nothing).claim(C));
    assert.equal(claimsOf(files).length, 2, "that of the living one and one's own");
  });

  for (const call of ['touch', 'list']) {
    it(`grants the claim if ${call} fails, because nothing can be stored then`, async () => {
      const claims = new TurnClaims(
        new MemoryJournalFiles((_, name) => (name === call ? systemError('EACCES') : undefined)),
        nothing,
      );
      const claim = await claims.claim(C);
      assert.ok(claim);
      claim.dispose();
      assert.ok(await claims.claim(C));
      await claims.close();
    });
  }

  it('respects a claim whose file time can’t be read', async () => {
    const files = new MemoryJournalFiles((_, name) => (name === 'modifiedMs' ? systemError('EPERM') : undefined));
    await files.touch(await nameOf(C));
    assert.equal(await new TurnClaims(files, nothing).claim(C), undefined);
  });
});

describe('claimTurn', function () {
  this.timeout(60_000);
  const windows = new ClaimingWindows();
  const claims = (folder: string): readonly string[] => readdirSync(folder).filter(isClaimName);
  before(() => windows.build());
  afterEach(() => windows.killAll());
  after(() => windows.dispose());

  it('is released at once when its process is killed', () =>
    withFolder(async (folder) => {
      const [a, b] = [windows.open(folder), windows.open(folder)];
      assert.equal(await a.ask('claim'), 'got');
      assert.equal(await b.ask('claim'), 'refused');
      await a.kill();
      assert.equal(await b.ask('claim'), 'got');
      assert.equal(claims(folder).length, 1, 'what the dead process left is cleared away');
    }));

  it('leaves no file when the window closes, and needs no journal', () =>
    withFolder(async (folder) => {
      const window = windows.open(folder);
      assert.equal(await window.ask('claim'), 'got');
      assert.equal(claims(folder).length, 1);
      assert.deepEqual(readdirSync(folder), claims(folder));
      assert.equal(await window.ask('close'), 'closed');
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('is known to diagnostics, and creates a missing folder', () =>
    withFolder(async (folder) => {
      const store = openStore(`${folder}/new`);
      assert.ok(await store.claimTurn(C));
      assert.equal(claims(`${folder}/new`).length, 1);
      assert.deepEqual((await store.inspect()).unknownFiles, []);
      await store.close();
      assert.ok(await store.claimTurn(C), 'a store that is closed says so when it is written');
      assert.deepEqual(claims(`${folder}/new`), []);
    }));
});
