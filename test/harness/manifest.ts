import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMANDS, COMMAND_ENTRIES, MANIFEST_TEXTS } from '../../src/editor/contributions';
import {
  MAX_LIMIT_USD,
  SETTING_SECTIONS,
  type SettingDefinition,
  settingId,
} from '../../src/editor/settings/definitions';
import { projectRoot } from './projectPaths';

/**
 * Writes what package.json says about commands and settings, and package.nls.json, from the definitions in
 * `src/editor`. Everything else in package.json is written by hand.
 */

export const MANIFEST_FILE = join(projectRoot, 'package.json');
export const TEXTS_FILE = join(projectRoot, 'package.nls.json');

/** The parts of the manifest that this file reads or writes. */
interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: Readonly<Record<string, unknown>> };
  readonly contributes: Readonly<Record<string, unknown>>;
}

const settingTextKey = ({ key }: SettingDefinition): string => `setting.${key}`;
const choiceTextKey = ({ key }: SettingDefinition, choice: string): string => `setting.${key}.${choice}`;
const commandTextKey = (name: string): string => `command.${name}`;
const sectionTextKey = (id: string): string => `section.${id}`;
const reference = (textKey: string): string => `%${textKey}%`;

const SECTIONS: readonly { id: string; title: string; settings: Readonly<Record<string, SettingDefinition>> }[] =
  SETTING_SECTIONS;
const definitions: readonly SettingDefinition[] = SECTIONS.flatMap(({ settings }) => Object.values(settings));

/** All texts of the manifest in English, by key. */
export function manifestTexts(): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...Object.entries(MANIFEST_TEXTS),
    ...Object.entries(COMMAND_ENTRIES).map(([name, { title }]) => [commandTextKey(name), title]),
    ...SECTIONS.map(({ id, title }) => [sectionTextKey(id), title]),
    ...definitions.flatMap((definition) => [
      [settingTextKey(definition), definition.description],
      ...(definition.type === 'choice'
        ? Object.entries(definition.choices).map(([choice, text]) => [choiceTextKey(definition, choice), text])
        : []),
    ]),
  ]);
}

/** The manifest with the generated parts replaced. The order of its keys stays. */
export function withGeneratedParts<M extends Manifest>(manifest: M): M {
  const untrustedWorkspaces = {
    ...manifest.capabilities.untrustedWorkspaces,
    restrictedConfigurations: definitions.map(settingId),
  };
  return {
    ...manifest,
    capabilities: { ...manifest.capabilities, untrustedWorkspaces },
    contributes: { ...manifest.contributes, commands: commands(), configuration: configuration() },
  };
}

function commands(): readonly unknown[] {
  return Object.entries(COMMANDS).map(([name, command]) => {
    const { icon } = COMMAND_ENTRIES[name as keyof typeof COMMANDS];
    return {
      command,
      title: reference(commandTextKey(name)),
      category: reference('category'),
      ...(icon === undefined ? {} : { icon }),
    };
  });
}

function configuration(): readonly unknown[] {
  return SECTIONS.map(({ id, settings }, index) => ({
    id: `neuralTerminal.${id}`,
    title: reference(sectionTextKey(id)),
    order: index + 1,
    properties: Object.fromEntries(
      Object.values(settings).map((definition, at) => [settingId(definition), property(definition, at + 1)]),
    ),
  }));
}

const property = (definition: SettingDefinition, order: number): unknown => ({
  scope: 'application',
  ...schemaOf(definition),
  order,
  markdownDescription: reference(settingTextKey(definition)),
});

function schemaOf(definition: SettingDefinition): Readonly<Record<string, unknown>> {
  switch (definition.type) {
    case 'number':
    case 'integer':
    case 'optionalNumber': {
      const { type, minimum, maximum, default: value } = definition;
      return { type: type === 'optionalNumber' ? ['number', 'null'] : type, default: value, minimum, maximum };
    }
    case 'limit':
      return { type: 'number', default: definition.default, minimum: 0, maximum: MAX_LIMIT_USD };
    case 'text':
    case 'address':
      return { type: 'string', default: definition.default };
    case 'textList':
      return { type: 'array', items: { type: 'string' }, uniqueItems: true, default: definition.default };
    case 'choice': {
      const choices = Object.keys(definition.choices);
      const enumDescriptions = choices.map((choice) => reference(choiceTextKey(definition, choice)));
      return { type: 'string', enum: choices, enumDescriptions, default: definition.default };
    }
  }
}

/** `npm run manifest` */
async function main(): Promise<void> {
  const manifest = JSON.parse(await readFile(MANIFEST_FILE, 'utf8')) as Manifest;
  await writeFile(MANIFEST_FILE, `${JSON.stringify(withGeneratedParts(manifest), null, 2)}\n`);
  await writeFile(TEXTS_FILE, `${JSON.stringify(manifestTexts(), null, 2)}\n`);
}

if (require.main === module) {
  void main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
