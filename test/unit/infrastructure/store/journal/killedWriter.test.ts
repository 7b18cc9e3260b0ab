import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { NodeJournalFiles } from '../../../../../src/infrastructure/store/journal/nodeFiles';
import { readEvents } from './memoryJournalFiles';
import { added } from '../storeEvents';
import { openStore, withFolder } from '../storeFixtures';

const ROUNDS = 10;
const WRITERS = 3;

/** Starts a writer, kills it that long after its first acknowledgement, and gives all that it printed. */
function killedAfter(script: string, folder: string, name: string, ms: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), ms);
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the writer ended by itself with ${code}`));
      // A line without its end was not printed in full.
      else resolve(output.slice(0, output.lastIndexOf('\n')).split('\n'));
    });
  });
}

describe('a writer that is killed', () => {
  let scripts = '';
  let script = '';

  before(async () => {
    scripts = mkdtempSync(path.join(tmpdir(), 'writer-'));
    script = path.join(scripts, 'committingProcess.cjs');
    const entry = path.join(__dirname, 'committingProcess.ts');
    await build({
      entryPoints: [entry],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['sql.js'],
    });
  });

  after(() => rmSync(scripts, { recursive: true, force: true }));

  it(`leaves every acknowledged commit, whole and in order, in ${ROUNDS * WRITERS} runs`, async function () {
    this.timeout(60_000);
    let total = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await withFolder(async (folder) => {
        const runs = Array.from({ length: WRITERS }, (_, i) =>
          killedAfter(script, folder, `w${i}`, Math.random() * 40),
        );
        const acked = await Promise.all(runs);
        const events = await readEvents(new NodeJournalFiles(folder));
        const messages = events.flatMap((event) => (event.type === 'message.added' ? [event.messageId as string] : []));
        const reservations = events.flatMap((event) =>
          event.type === 'spend.reserved' ? [event.reservationId as string] : [],
        );
        assert.deepEqual(messages, reservations, 'a commit is whole or absent');
        assert.equal(new Set(messages).size, messages.length, 'once');
        for (const lines of acked) {
          const known = new Set(messages);
          assert.deepEqual(
            lines.filter((id) => !known.has(id)),
            [],
            'acknowledged and gone',
          );
          total += lines.length;
        }
        for (let i = 0; i < WRITERS; i++) assertGapless(messages.filter((id) => id.startsWith(`w${i}-`)));
        const next = openStore(folder);
        await next.commit([added('c', 'next')]);
        assert.equal((await next.spendEvents()).events.length, reservations.length);
        assert.deepEqual(await next.state(), { kind: 'ready', warnings: [] });
        await next.close();
      });
    }
    assert.ok(total > ROUNDS * WRITERS, `${total} commits were acknowledged`);
  });
});

/** Each lane of a writer counts 0, 1, 2 …, because it waits for the acknowledgement of one before the next. */
function assertGapless(ids: readonly string[]): void {
  const next = new Map<string, number>();
  for (const id of ids) {
    const [, lane = '', n] = id.split('-');
    assert.equal(Number(n), next.get(lane) ?? 0, id);
    next.set(lane, Number(n) + 1);
  }
}
