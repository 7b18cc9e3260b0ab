// Builds the bundles of the extension host, the panel and the ledger and, with --tests, the suites that run in a real editor.
// Flags: --production (minified, source maps in out/maps, byte budgets checked, licence notices written), --watch, --tests, --analyze.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { writeNotices } from './scripts/notices.mjs';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');
const watching = flags.has('--watch');
const require = createRequire(import.meta.url);

const common = {
  bundle: true,
  metafile: true,
  // While watching, the reporter below prints problems instead.
  logLevel: watching ? 'silent' : 'warning',
  // External maps are not named in the bundle. They stay out of the package and decode stack traces of users.
  sourcemap: production ? 'external' : 'linked',
  minify: production,
  legalComments: 'none',
};

/** What loads on first use has an entry of its own, so that activation never reads it. */
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

/** Packages whose files are copied, not bundled. */
const ASSET_PACKAGES = [
  'node_modules/@fontsource/jetbrains-mono',
  'node_modules/@fontsource/space-grotesk',
  'node_modules/sql.js',
];

function copyAssets() {
  mkdirSync('dist/webview/fonts', { recursive: true });
  for (const [name, file] of Object.entries(FONTS)) cpSync(require.resolve(file), `dist/webview/fonts/${name}`);
  cpSync(require.resolve('sql.js/dist/sql-wasm.wasm'), 'dist/sql-wasm.wasm');
  cpSync('webview/page.css', 'dist/webview/page.css');
}

/** Bytes of each output in production; a bundle that exceeds its budget fails the build. */
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

/** Moves the maps out of the folder that is packaged. */
function separateMaps() {
  rmSync('out/maps', { recursive: true, force: true });
  for (const name of readdirSync('dist', { recursive: true }).map(String)) {
    if (!name.endsWith('.map')) continue;
    const target = path.join('out/maps', name);
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(path.join('dist', name), target);
  }
}

/** One line per problem, in the form that .vscode/tasks.json matches, between two lines that mark the builds of one change. */
function watchReporter() {
  let running = 0;
  let errorCount = 0;
  return {
    name: 'watch-reporter',
    setup(build) {
      build.onStart(() => {
        if (running++ > 0) return;
        errorCount = 0;
        console.log('[bundle] build started');
      });
      build.onEnd(({ errors, warnings }) => {
        errorCount += errors.length;
        for (const problem of errors) printProblem('error', problem);
        for (const problem of warnings) printProblem('warning', problem);
        if (--running === 0) console.log(`[bundle] build finished, errors: ${errorCount}`);
      });
    },
  };
}

function printProblem(severity, { location, text }) {
  const { file, line, column } = location ?? { file: 'esbuild.mjs', line: 1, column: 0 };
  console.log(`[bundle] ${file}:${line}:${column + 1}: ${severity}: ${text}`);
}

const builds = [host, panel, ...(flags.has('--tests') ? [testSuites()] : [])];

if (watching) {
  copyAssets();
  const plugins = [watchReporter()];
  const contexts = await Promise.all(builds.map((options) => esbuild.context({ ...options, plugins })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  rmSync('dist', { recursive: true, force: true });
  copyAssets();
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  const metafiles = results.map((result) => result.metafile);
  if (flags.has('--analyze')) for (const metafile of metafiles) console.log(await esbuild.analyzeMetafile(metafile));
  mkdirSync('out', { recursive: true });
  writeFileSync('out/metafile.json', JSON.stringify(metafiles));
  if (production) {
    const packaged = metafiles.slice(0, 2);
    checkBudgets(packaged);
    separateMaps();
    writeNotices(packaged, ASSET_PACKAGES);
  }
}
