import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { modelId } from '../../../../src/domain/ids';
import type { Logger } from '../../../../src/domain/ports/system';
import { WorkerTokenCounter } from '../../../../src/infrastructure/tokens/workerTokenCounter';

const own = modelId('openai/gpt-4o');
const older = modelId('openai/gpt-4');

describe('WorkerTokenCounter', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'token-worker-'));
  const workerPath = path.join(folder, 'tokenWorker.cjs');
  const counters: WorkerTokenCounter[] = [];
  let warnings: string[] = [];
  const log: Logger = { info: () => undefined, warn: (line) => void warnings.push(line), error: () => undefined };
  const counterWith = (worker: string): WorkerTokenCounter => {
    const counter = new WorkerTokenCounter(worker, log);
    counters.push(counter);
    return counter;
  };
  /** A worker that records requests and answers from a script. */
  const fakeWorker = (name: string, body: string): string => {
    const file = path.join(folder, name);
    writeFileSync(
      file,
      `const { parentPort } = require('node:worker_threads'); let asked = 0; parentPort.on('message', ({ texts }) => { asked += texts.length; ${body} });`,
    );
    return file;
  };

  before(
    () =>
      void esbuild.buildSync({
        entryPoints: ['src/infrastructure/tokens/tokenWorker.ts'],
        outfile: workerPath,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        logLevel: 'error',
      }),
  );
  beforeEach(() => (warnings = []));
  afterEach(() => counters.splice(0).forEach((counter) => counter.dispose()));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('counts each text in the encoding of the model', async () => {
    const counter = counterWith(workerPath);
    const texts = ['hello world', '', '日', 'hello world', 'X'.repeat(32_000)];
    assert.deepEqual(await counter.count(texts, own), [2, 0, 1, 2, 2_000]);
    assert.deepEqual(await counter.count(texts, older), [2, 0, 1, 2, 4_000]);
    assert.deepEqual(await counter.count([], own), []);
    assert.deepEqual(warnings, []);
  });

  it('answers a short text before a long one that has begun', async () => {
    const counter = counterWith(workerPath);
    const ends: string[] = [];
    const long = counter.count(['日本'.repeat(400_000)], own).then(() => ends.push('long'));
    // Comes back from the first slice of work, of which the long text takes the rest.
    await counter.count(['slice'], own);
    const short = counter.count(['typed'], own).then(() => ends.push('short'));
    await Promise.all([long, short]);
    assert.deepEqual(ends, ['short', 'long']);
  });

  it('asks for a text once, while it is counted and afterwards', async () => {
    const counter = counterWith(
      fakeWorker('asked.cjs', 'parentPort.postMessage(texts.map(({ id }) => ({ id, tokens: asked })));'),
    );
    const [first, second] = await Promise.all([counter.count(['a', 'a', 'b'], own), counter.count(['b', 'c'], own)]);
    assert.deepEqual(
      [first, second],
      [
        [2, 2, 2],
        [2, 3],
      ],
    );
    assert.deepEqual(await counter.count(['c', 'b', 'd'], own), [3, 2, 4]);
    assert.deepEqual(await counter.count(['a'], older), [5]);
  });

  it('estimates from bytes what the worker cannot count, and asks again next time', async () => {
    const counter = counterWith(
      fakeWorker(
        'gives-up.cjs',
        'parentPort.postMessage(texts.map(({ id }) => ({ id, tokens: asked < 3 ? null : 9 })));',
      ),
    );
    assert.deepEqual(await counter.count(['日日', 'abcd'], own), [2, 2]);
    assert.deepEqual(await counter.count(['日日'], own), [9]);
  });

  it('estimates and logs when the worker fails, and starts another', async () => {
    const counter = counterWith(
      fakeWorker(
        'dies.cjs',
        "if (texts[0].text === 'die') throw new Error('no memory'); parentPort.postMessage(texts.map(({ id }) => ({ id, tokens: asked })));",
      ),
    );
    assert.deepEqual(await Promise.all([counter.count(['die'], own), counter.count(['six six'], own)]), [[1], [3]]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /no memory/);
    assert.deepEqual(await counter.count(['six six'], own), [1]);
  });

  it('estimates when there is no worker', async () => {
    assert.deepEqual(await counterWith(path.join(folder, 'missing.cjs')).count(['abc', ''], own), [1, 0]);
    assert.equal(warnings.length, 1);
  });

  it('ends its worker, completes pending requests, and starts again on demand', async () => {
    const counter = counterWith(workerPath);
    const waiting = counter.count(['abcdef'], own);
    counter.dispose();
    const again = counter.count(['another text'], own);
    assert.deepEqual(await Promise.all([waiting, again]), [[2], [2]]);
  });

  it('knows for which models its counts are exact', () => {
    const counter = counterWith(workerPath);
    assert.deepEqual(
      [own, older, modelId('anthropic/claude-sonnet-5')].map((model) => counter.isExact(model)),
      [true, true, false],
    );
  });
});
