import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { COMMANDS, CONFIGURATION_SECTION, VIEW_ID } from '../../../src/editor/contributions';
import { SETTINGS } from '../../../src/editor/settings/definitions';
import { MANIFEST_FILE, TEXTS_FILE, manifestTexts, withGeneratedParts } from '../../harness/manifest';

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
}
interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly scope: string; readonly order: number }>>;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly MenuItem[];
    readonly submenus: readonly { readonly id: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

describe('manifest', () => {
  const manifest = read<Manifest>(MANIFEST_FILE);
  const texts = read<Readonly<Record<string, string>>>(TEXTS_FILE);
  const { contributes } = manifest;
  const properties = contributes.configuration.flatMap((section) => Object.entries(section.properties));

  it('is what `npm run manifest` writes', () => {
    assert.equal(
      JSON.stringify(manifest, null, 2),
      JSON.stringify(withGeneratedParts(manifest), null, 2),
      'run `npm run manifest`',
    );
    assert.equal(JSON.stringify(texts, null, 2), JSON.stringify(manifestTexts(), null, 2), 'run `npm run manifest`');
  });

  it('refers to every text of package.nls.json, and to no other', () => {
    const references = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(references)].sort(), Object.keys(texts).sort());
  });

  it('keeps no text of its own', () => {
    const own = [
      ...JSON.stringify(manifest).matchAll(/"(?:\w*[dD]escription|title|label|displayName)":"([^%][^"]*)"/g),
    ];
    assert.deepEqual(
      own.map(([all]) => all),
      [],
    );
  });

  it('gives every setting application scope, so that a workspace cannot change it', () => {
    const ids = Object.values(SETTINGS).map(({ key }) => `${CONFIGURATION_SECTION}.${key}`);
    assert.deepEqual(
      properties.map(([id]) => id),
      ids,
    );
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ids);
    assert.deepEqual(
      properties.filter(([, { scope }]) => scope !== 'application'),
      [],
    );
  });

  it('links only to settings that exist', () => {
    const links = Object.values(texts).flatMap((text) => [...text.matchAll(/`#([^#`]+)#`/g)].map(([, id]) => id));
    assert.ok(links.length > 0);
    const ids = properties.map(([id]) => id);
    assert.deepEqual(
      links.filter((id) => !ids.includes(id ?? '')),
      [],
    );
  });

  it('uses only commands, submenus and views that exist', () => {
    const items = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    const used = items.flatMap(({ command }) => command ?? []);
    const known: readonly string[] = Object.values(COMMANDS);
    assert.deepEqual(
      used.filter((command) => !known.includes(command)),
      [],
    );
    const submenus = contributes.submenus.map(({ id }) => id);
    assert.deepEqual(
      items.flatMap(({ submenu }) => submenu ?? []),
      submenus,
    );
    assert.deepEqual(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
      [VIEW_ID],
    );
  });

  it('says every text as a sentence or a label, without double spaces', () => {
    for (const [key, text] of Object.entries(texts)) {
      assert.equal(text, text.trim().replace(/\s+/g, ' '), key);
      assert.equal(/[.]$/.test(text), /^(?:setting|capabilities|description$)/.test(key), `${key}: ${text}`);
    }
  });
});
