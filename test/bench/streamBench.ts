import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchBundles } from './benchStore';
import type { BenchRow } from './benchTable';
import { measured } from './measure';
import { STREAMS, type StreamResult, type StreamTaker, TOKENS, TOKENS_PER_SECOND } from './streamLoad';

const WHAT = `${STREAMS} replies at ${TOKENS_PER_SECOND} tokens/s at once for ${TOKENS / TOKENS_PER_SECOND} s: how late a timer of the host comes, 99th percentile`;
const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

/** The first line of a bundle beside this one, run as a process of its own. It ends when its input does. */
async function withProcess<T>(
  bundle: string,
  args: readonly string[],
  use: (firstLine: string) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [path.join(path.dirname(process.argv[1] ?? ''), `${bundle}.js`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return await use(line);
  } finally {
    child.kill();
  }
}

const taken = (taker: StreamTaker, port: string, { workerPath, wasmPath }: BenchBundles): Promise<StreamResult> =>
  withProcess(
    'streamHost',
    [taker, `http://127.0.0.1:${port}/api/v1`, workerPath, wasmPath],
    async (line) => JSON.parse(line) as StreamResult,
  );

function inWords(
  name: string,
  { complete, lostCharacters, lagMs, memory, cpuShare, tookMs, posted }: StreamResult,
): string {
  const { heapAtRest, heapAtMost, rssAtRest, rssAtMost } = memory;
  return `${name}: ${complete} of ${STREAMS} complete in ${(tookMs / 1000).toFixed(1)} s, ${lostCharacters} characters lost, late by ${ms(lagMs.p50)} (p50), ${ms(lagMs.p99)} (p99), ${ms(lagMs.most)} (most), ${(100 * cpuShare).toFixed(0)} % of a core, heap ${megabytes(heapAtRest)} → ${megabytes(heapAtMost)}, RSS ${megabytes(rssAtRest)} → ${megabytes(rssAtMost)}, ${posted} messages posted`;
}

/** No peer streams many conversations at once; what is compared with is a loop that only joins the text. @throws Error when anything is lost. */
export async function streamRows(bundles: BenchBundles): Promise<readonly BenchRow[]> {
  return withProcess('streamServer', [], async (port) => {
    const ours = await taken('product', port, bundles);
    const floor = await taken('floor', port, bundles);
    console.log(inWords('The product with its store and a panel for each', ours));
    console.log(inWords('A loop over fetch that only joins the text', floor));
    if (ours.complete !== STREAMS || ours.lostCharacters > 0) throw new Error('something of the streams was lost');
    return [
      {
        what: WHAT,
        ours: measured([ours.lagMs.p99]),
        peer: { name: 'fetch loop', measured: measured([floor.lagMs.p99]) },
        goal: { atMostMs: 50 },
      },
    ];
  });
}
