// `npm run watch`: bundles and type-checks on every change, until Ctrl+C. A failed build or check is printed, and watching goes on.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const tscWatch = [tsc, '--noEmit', '--watch', '--preserveWatchOutput', '--pretty', 'false'];
const jobs = [
  { label: '', args: ['esbuild.mjs', '--watch', ...process.argv.slice(2)] },
  { label: '[types] ', args: tscWatch },
  { label: '[types of the panel] ', args: [...tscWatch, '-p', 'webview'] },
];

const children = jobs.map(({ label, args }) => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => line !== '' && console.log(`${label}${line}`));
  // None of them ends by itself: one that does has crashed, and the others would hide it.
  child.once('exit', (code, signal) => stop(`${args[0]} ended (${signal ?? code})`, 1));
  return child;
});

let stopping = false;
function stop(reason, code) {
  if (stopping) return;
  stopping = true;
  console.log(`[watch] ${reason}`);
  process.exitCode = code;
  for (const child of children) child.kill();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop('stopped', 0));
