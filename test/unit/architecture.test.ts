import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as esbuild from 'esbuild';
import {
  ROOMS,
  type Import,
  cycleIn,
  importsOf,
  importsOfSources,
  layerOf,
  sourceFiles,
  upwardImports,
  wrongLayers,
} from '../support/importGraph';

/** Packages that only one folder may use; `vscode` is the editor's own. */
const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  vscode: ['src/editor', 'src/extension.ts', 'src/api.ts'],
  'sql.js': ['src/infrastructure/store'],
  'eventsource-parser': ['src/infrastructure/openrouter'],
  'js-tiktoken': ['src/infrastructure/tokens'],
  zod: [
    'src/protocol',
    'src/application/exchange',
    'src/infrastructure/openrouter',
    'src/infrastructure/store',
    'src/infrastructure/peers',
    'webview',
  ],
};
const LAZY = ['sql.js', 'js-tiktoken', 'dompurify', 'markdown-it', 'lit', '@vscode/webview-ui-toolkit'];

/** A package's name out of an import or a bundled path; undefined for files of the project. */
const packageOf = (target: string): string | undefined => {
  const inside = /(?:^|node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(
    target.includes('node_modules/') ? target.slice(target.lastIndexOf('node_modules/')) : target,
  )?.[1];
  return /^(?:src|webview)\//.test(target) ? undefined : inside;
};

const show = (imports: readonly Import[]): readonly string[] => imports.map(({ from, to }) => `${from} → ${to}`);

describe('architecture', () => {
  let imports: readonly Import[] = [];
  before(() => {
    imports = importsOfSources();
    assert.ok(imports.length > 500, 'the sources were read');
  });

  it('keeps imports between layers to the dependency rule', () => {
    assert.deepEqual(show(wrongLayers(imports)), []);
  });

  it('keeps imports inside application and store running downwards', () => {
    assert.deepEqual(show(upwardImports(imports)), []);
  });

  it('has every room that the rule names, and no other', () => {
    for (const [folder, rooms] of Object.entries(ROOMS)) {
      const found = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      assert.deepEqual(found.sort(), [...rooms].sort(), folder);
    }
  });

  it('has no import cycle, type imports included', () => {
    assert.equal(cycleIn(imports)?.join(' → '), undefined);
  });

  it('has no file outside the house', () => {
    assert.deepEqual(
      sourceFiles().filter((file) => layerOf(file) === undefined && file !== 'src/extension.ts'),
      [],
    );
  });

  it('keeps packages in the folders that own them', () => {
    const broken = imports.filter(({ from, to }) => {
      const owners = PACKAGE_OWNERS[packageOf(to) ?? ''];
      return owners !== undefined && !owners.some((owner) => from === owner || from.startsWith(`${owner}/`));
    });
    assert.deepEqual(show(broken), []);
  });

  it('uses no Node module in domain, protocol, application or panel', () => {
    const broken = imports.filter(
      ({ from, to }) => /^(?:src\/(?:domain|protocol|application)|webview)\//.test(from) && /^node:/.test(to),
    );
    assert.deepEqual(show(broken), []);
  });

  it('loads no database, no encoder and no panel code on activation', async function () {
    this.timeout(60_000);
    const { metafile } = await esbuild.build({
      entryPoints: ['src/extension.ts'],
      bundle: true,
      write: false,
      metafile: true,
      logLevel: 'silent',
      outdir: 'unused',
      platform: 'node',
      external: ['vscode'],
    });
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { path, kind } of metafile.inputs[file]?.imports ?? []) if (kind !== 'dynamic-import') visit(path);
    };
    visit('src/extension.ts');
    assert.ok(reached.size > 20);
    assert.deepEqual(
      [...reached].filter((f) => LAZY.includes(packageOf(f) ?? '')),
      [],
    );
  });

  const FORBIDDEN: readonly (readonly [what: string, from: string, source: string])[] = [
    [
      'a use case that imports a presenter',
      'src/application/turn/runner.ts',
      "import { headerView } from '../panel/presenter';",
    ],
    ['a type from above', 'src/application/spend/gate.ts', "import type { Plan } from '../turn/planner';"],
    [
      'a dynamic import from above',
      'src/infrastructure/store/journal/cursor.ts',
      "const { rows } = await import('../projection/rows');",
    ],
    [
      'a re-export from above',
      'src/infrastructure/store/search/index.ts',
      "export { summaryOf } from '../projection/rows';",
    ],
    ['a file beside the rooms', 'src/application/models/catalogue.ts', "import { createCore } from '../core';"],
  ];
  for (const [what, from, source] of FORBIDDEN) {
    it(`forbids ${what}`, () => assert.equal(upwardImports(importsOf(from, source)).length, 1));
  }
  it('finds a cycle of types', () => {
    const circle = [
      ...importsOf('src/domain/a.ts', "import type { B } from './b';"),
      ...importsOf('src/domain/b.ts', "import { type A } from './a';"),
    ];
    assert.deepEqual(cycleIn(circle), ['src/domain/a.ts', 'src/domain/b.ts', 'src/domain/a.ts']);
  });
});
