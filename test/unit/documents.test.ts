import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const MAX_OVERVIEW_BYTES = 8 * 1024;
const MAX_DECISION_LINES = 60;

const documents = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join('docs', name.split(path.sep).join('/'))),
];

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** Targets of inline links and reference definitions, without addresses of the web. */
function localLinks(text: string): string[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives to a document's headings. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+\s+(.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

describe('documents', () => {
  const overview = readFileSync('ARCHITECTURE.md', 'utf8');

  it('are found', () => assert.ok(documents.length > 10));

  for (const document of documents) {
    it(`have no broken link: ${document}`, () => {
      for (const link of localLinks(readFileSync(document, 'utf8'))) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? document : path.join(path.dirname(document), file);
        assert.ok(existsSync(target), `${link} does not exist`);
        if (anchor !== undefined)
          assert.ok(anchorsOf(readFileSync(target, 'utf8')).includes(anchor), `${link} has no such heading`);
      }
    });

    it(`name only files of the project that exist: ${document}`, () => {
      const names = [...readFileSync(document, 'utf8').matchAll(/`((?:src|webview|test|docs|scripts)\/[\w./-]+)`/g)];
      assert.deepEqual(
        names.map((match) => match[1] ?? '').filter((name) => !existsSync(name)),
        [],
      );
    });
  }

  it('keep the overview at most 8 KB long', () => {
    assert.ok(statSync('ARCHITECTURE.md').size <= MAX_OVERVIEW_BYTES);
  });

  it('give every room of the layers a sentence in the overview', () => {
    const { rooms, layers } = JSON.parse(readFileSync('layers.json', 'utf8')) as {
      rooms: Record<string, string[]>;
      layers: Record<string, unknown>;
    };
    const names = [
      ...Object.values(rooms).flat(),
      ...Object.keys(layers).map((layer) => layer.replace('src/infrastructure/', '')),
      ...readdirSync('webview', { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    ];
    const described = (name: string): boolean =>
      overview.split('\n').some((line) => line.trim().startsWith(`- \`${name}\`: `)) ||
      overview.includes(`\n\`${name}\`, `);
    assert.deepEqual(
      names.filter((name) => !described(name)),
      [],
    );
  });

  it('state the order of the rooms as the layers have it', () => {
    const { rooms } = JSON.parse(readFileSync('layers.json', 'utf8')) as { rooms: Record<string, string[]> };
    for (const [folder, names] of Object.entries(rooms))
      assert.ok(overview.includes(`- \`${folder}\`: ${names.join(', ')}`), folder);
  });

  it('list every decision in the index, none longer than 60 lines', () => {
    const index = readFileSync('docs/adr/README.md', 'utf8');
    for (const name of readdirSync('docs/adr').filter((file) => /^\d{4}-/.test(file))) {
      assert.ok(index.includes(`(${name})`), `${name} is not in the index`);
      const lines = readFileSync(path.join('docs/adr', name), 'utf8').split('\n');
      assert.ok(lines.length <= MAX_DECISION_LINES, `${name} has ${lines.length} lines`);
      for (const heading of ['## Context', '## Decision', '## Consequences'])
        assert.ok(lines.includes(heading), `${name} has no "${heading}"`);
    }
  });

  it('have the version of package.json in the changelog, below an Unreleased section', () => {
    const changelog = readFileSync('CHANGELOG.md', 'utf8');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const headings = [...changelog.matchAll(/^## \[([^\]]+)\]/gm)].map((match) => match[1]);
    assert.deepEqual(headings.slice(0, 2), ['Unreleased', version]);
  });
});
