// Builds the extension host bundle, the bundles of the panel and the ledger and, with --tests, the suites that run in a real editor.
// Flags: --production (minified, no maps, byte budgets checked), --watch, --tests, --analyze.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');
const require = createRequire(import.meta.url);

const common = {
  bundle: true,
  metafile: true,
  logLevel: 'warning',
  sourcemap: production ? false : 'linked',
  minify: production,
  legalComments: 'none',
};

/** What loads when it is first needed is an entry of its own, so that activation never reads it. */
const host = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    tokenWorker: 'src/infrastructure/tokens/tokenWorker.ts',
    storeWorker: 'src/infrastructure/store/storeWorker.ts',
  },
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
};

const panel = {
  ...common,
  entryPoints: { panel: 'webview/main.ts', ledger: 'webview/ledger.ts' },
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'esm',
  target: 'chrome140',
  tsconfig: 'webview/tsconfig.json',
};

function testSuites() {
  const entryPoints = readdirSync('test/editor', { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.ts') || name === 'index.ts')
    .map((name) => path.join('test/editor', name));
  return {
    ...common,
    minify: false,
    sourcemap: 'inline',
    entryPoints,
    outdir: 'out/test/editor',
    outbase: 'test/editor',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
  };
}

/** The faces that webview/page.css names; both families are under the SIL Open Font License. */
const FONTS = {
  'jetbrains-mono-400.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2',
  'jetbrains-mono-400-italic.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-italic.woff2',
  'jetbrains-mono-700.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff2',
  'space-grotesk-500.woff2': '@fontsource/space-grotesk/files/space-grotesk-latin-500-normal.woff2',
  'JetBrainsMono-OFL.txt': '@fontsource/jetbrains-mono/LICENSE',
  'SpaceGrotesk-OFL.txt': '@fontsource/space-grotesk/LICENSE',
};

function copyAssets() {
  mkdirSync('dist/webview/fonts', { recursive: true });
  for (const [name, file] of Object.entries(FONTS)) cpSync(require.resolve(file), `dist/webview/fonts/${name}`);
  cpSync(require.resolve('sql.js/dist/sql-wasm.wasm'), 'dist/sql-wasm.wasm');
  cpSync('webview/page.css', 'dist/webview/page.css');
}

/** Bytes of each output in production; a bundle that grows past its budget fails the build. */
const BYTE_BUDGETS = {
  'dist/extension.js': 700_000,
  'dist/webview/panel.js': 1_000_000,
  'dist/webview/ledger.js': 400_000,
};

function checkBudgets(metafiles) {
  for (const metafile of metafiles) {
    for (const [file, output] of Object.entries(metafile.outputs)) {
      const budget = BYTE_BUDGETS[file];
      if (budget !== undefined && output.bytes > budget)
        throw new Error(`${file} has ${output.bytes} bytes, its budget is ${budget}`);
    }
  }
}

const builds = [host, panel, ...(flags.has('--tests') ? [testSuites()] : [])];

if (flags.has('--watch')) {
  copyAssets();
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  rmSync('dist', { recursive: true, force: true });
  copyAssets();
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  if (flags.has('--analyze')) for (const result of results) console.log(await esbuild.analyzeMetafile(result.metafile));
  mkdirSync('out', { recursive: true });
  writeFileSync('out/metafile.json', JSON.stringify(results.map((result) => result.metafile)));
  if (production) checkBudgets(results.slice(0, 2).map((result) => result.metafile));
}
