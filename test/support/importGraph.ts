import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import rules from '../../layers.json';

export const LAYERS: Readonly<Record<string, readonly string[]>> = rules.layers;
/** From the top down. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = rules.rooms;

/** One import: `to` is a file of the project, or the package as it is named. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** All files of the product, relative to the project, with forward slashes. */
export function sourceFiles(): readonly string[] {
  return ['src', 'webview'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
}

/** The imports of all sources: static ones, dynamic ones, re-exports and types, which no bundle shows. */
export const importsOfSources = (): readonly Import[] =>
  sourceFiles().flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));

export function importsOf(from: string, source: string): readonly Import[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return { from, to: fileName };
    const target = path.posix.join(path.posix.dirname(from), fileName);
    return { from, to: /\.\w+$/.test(target) ? target : `${target}.ts` };
  });
}

const isIn = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

/** The layer that a file belongs to; undefined outside the house. */
export const layerOf = (file: string): string | undefined => Object.keys(LAYERS).find((layer) => isIn(file, layer));

/** Imports from one layer into another that the rule does not allow. */
export function wrongLayers(imports: readonly Import[]): readonly Import[] {
  return imports.filter(({ from, to }) => {
    const [a, b] = [layerOf(from), layerOf(to)];
    return a !== undefined && b !== undefined && a !== b && !LAYERS[a]?.includes(b);
  });
}

/** Imports from a room into one above it, or into a file beside the rooms. */
export function upwardImports(imports: readonly Import[]): readonly Import[] {
  return imports.filter(({ from, to }) =>
    Object.entries(ROOMS).some(([folder, rooms]) => {
      const [a, b] = [roomIn(folder, rooms, from), roomIn(folder, rooms, to)];
      return a !== undefined && b !== undefined && b < a;
    }),
  );
}

/** How far down the room of a file is: 0 for a file beside the rooms, from 1 on for the rooms; undefined outside the folder. */
function roomIn(folder: string, rooms: readonly string[], file: string): number | undefined {
  if (!isIn(file, folder)) return undefined;
  const [room = '', ...rest] = file.slice(folder.length + 1).split('/');
  return rest.length === 0 ? 0 : rooms.indexOf(room) + 1;
}

/** The first cycle found, as a chain of files; undefined when there is none. */
export function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, chain: readonly string[]): readonly string[] | undefined => {
    if (chain.includes(file)) return [...chain.slice(chain.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = visit(to, [...chain, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
