import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

/** The dependency rule over what is really bundled: it also catches dynamic imports, which lint does not see. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/protocol': [],
  'src/application': ['src/domain', 'src/protocol'],
  'src/infrastructure/openrouter': ['src/domain', 'src/protocol'],
  'src/infrastructure/store': ['src/domain', 'src/protocol'],
  'src/infrastructure/peers': ['src/domain'],
  'src/infrastructure/tokens': ['src/domain'],
  'src/infrastructure/system': ['src/domain'],
  'src/editor': ['src/application', 'src/domain', 'src/protocol', 'src/api.ts'],
  'src/api.ts': [],
  webview: ['src/protocol'],
};
/** Packages that only one folder may use; `vscode` is the editor's own. */
const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  vscode: ['src/editor', 'src/extension.ts'],
  'sql.js': ['src/infrastructure/store'],
  'eventsource-parser': ['src/infrastructure/openrouter'],
  'js-tiktoken': ['src/infrastructure/tokens'],
  cockatiel: ['src/application'],
  zod: ['src/protocol', 'src/application/exchange', 'src/infrastructure/openrouter', 'src/infrastructure/store', 'src/infrastructure/peers', 'webview'],
};
const LAZY = ['sql.js', 'js-tiktoken', 'dompurify', 'markdown-it', 'lit', '@vscode/webview-ui-toolkit'];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

async function edges(): Promise<readonly Edge[]> {
  const common = { bundle: true, write: false, metafile: true, logLevel: 'silent' } as const;
  const host = await esbuild.build({
    ...common,
    entryPoints: ['src/extension.ts', 'src/infrastructure/tokens/tokenWorker.ts', 'src/infrastructure/store/storeWorker.ts'],
    outdir: 'unused',
    platform: 'node',
    external: ['vscode'],
  });
  const panel = await esbuild.build({ ...common, entryPoints: ['webview/main.ts', 'webview/ledger.ts'], outdir: 'unused', platform: 'browser', tsconfig: 'webview/tsconfig.json' });
  return [host.metafile, panel.metafile].flatMap((metafile) =>
    Object.entries(metafile.inputs).flatMap(([from, input]) => input.imports.map((i) => ({ from, to: i.path, dynamic: i.kind === 'dynamic-import' }))),
  );
}

const packageOf = (path: string): string | undefined => {
  const inside = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return inside ?? (/^(?:src|webview)\//.test(path) ? undefined : path);
};
const layerOf = (path: string): string | undefined => Object.keys(MAY_IMPORT).find((layer) => path === layer || path.startsWith(`${layer}/`));

describe('architecture', () => {
  let all: readonly Edge[] = [];
  let own: readonly Edge[] = [];
  before(async function () {
    this.timeout(60_000);
    all = await edges();
    own = all.filter((e) => /^(?:src|webview)\//.test(e.from));
    assert.ok(own.length > 100, 'the bundles were read');
  });

  it('keeps imports between folders to the dependency rule', () => {
    const broken = own.filter(({ from, to }) => {
      const [a, b] = [layerOf(from), layerOf(to)];
      return a !== undefined && b !== undefined && a !== b && !MAY_IMPORT[a]?.includes(b);
    });
    assert.deepEqual(broken.map((e) => `${e.from} → ${e.to}`), []);
  });

  it('has no file outside the house', () => {
    const homeless = [...new Set(own.map((e) => e.from))].filter((f) => layerOf(f) === undefined && f !== 'src/extension.ts');
    assert.deepEqual(homeless, []);
  });

  it('keeps packages in the folders that own them', () => {
    const broken = own.filter(({ from, to }) => {
      const owners = PACKAGE_OWNERS[packageOf(to) ?? ''];
      return owners !== undefined && !owners.some((owner) => from === owner || from.startsWith(`${owner}/`));
    });
    assert.deepEqual(broken.map((e) => `${e.from} → ${e.to}`), []);
  });

  it('uses no Node module in domain, protocol, application or panel', () => {
    const broken = own.filter(({ from, to }) => /^(?:src\/(?:domain|protocol|application)|webview)\//.test(from) && /^node:/.test(to));
    assert.deepEqual(broken.map((e) => `${e.from} → ${e.to}`), []);
  });

  it('has no import cycle', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of own) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), `cycle: ${[...path, file].join(' → ')}`);
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
  });

  it('loads no database, no encoder and no panel code on activation', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const e of all) if (e.from === file && !e.dynamic) visit(e.to);
    };
    visit('src/extension.ts');
    assert.ok(reached.size > 20);
    assert.deepEqual([...reached].filter((f) => LAZY.includes(packageOf(f) ?? '')), []);
  });

  it('names the same commands and settings in package.json and in code', async () => {
    const manifest: { contributes: { commands: { command: string }[]; configuration: { properties: Record<string, { scope?: string }> } }; capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } } } = JSON.parse(readFileSync('package.json', 'utf8'));
    const { COMMANDS, SETTINGS, CONFIGURATION_SECTION } = await import('../../src/editor/contributions');
    const settings = Object.values(SETTINGS).map((key) => `${CONFIGURATION_SECTION}.${key}`).sort();
    assert.deepEqual(manifest.contributes.commands.map((c) => c.command).sort(), Object.values(COMMANDS).sort());
    assert.deepEqual(Object.keys(manifest.contributes.configuration.properties).sort(), settings);
    assert.deepEqual([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), settings);
    const loose = Object.entries(manifest.contributes.configuration.properties).filter(([, p]) => p.scope !== 'application');
    assert.deepEqual(loose, [], 'every setting is the user’s own');
  });
});
