import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { runToEnd } from './childProcesses';
import { ensureNodeProgram } from './editorInstall';
import { projectRoot } from './projectPaths';

const BENCH_LIMIT_MS = 30 * 60_000;

/**
 * `npm run bench`: bundles the benchmark and what it measures as for production, and runs it under a Node that has
 * `node:sqlite`: the running one, or else the one that the editor's server runs under.
 */
async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bundle-'));
  try {
    await esbuild.build({
      entryPoints: [
        'test/bench/bench.ts',
        'test/bench/streamHost.ts',
        'test/bench/streamServer.ts',
        'src/infrastructure/store/storeWorker.ts',
        'src/infrastructure/tokens/tokenWorker.ts',
      ].map((file) => join(projectRoot, file)),
      outdir: folder,
      entryNames: '[name]',
      bundle: true,
      alias: { vscode: join(projectRoot, 'test/support/vscodeWords.ts') },
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      legalComments: 'none',
      logLevel: 'warning',
    });
    const node = isBuiltin('node:sqlite') ? process.execPath : await ensureNodeProgram((line) => console.log(line));
    const wasmPath = createRequire(join(projectRoot, 'package.json')).resolve('sql.js/dist/sql-wasm.wasm');
    const onLine = (line: string): void => console.log(line);
    await runToEnd(
      node,
      [
        '--disable-warning=ExperimentalWarning',
        join(folder, 'bench.js'),
        join(folder, 'storeWorker.js'),
        wasmPath,
        join(folder, 'tokenWorker.js'),
      ],
      { onLine, timeoutMs: BENCH_LIMIT_MS },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

bench().catch(() => {
  // What went wrong, or which goal was missed, has been printed.
  process.exitCode = 1;
});
