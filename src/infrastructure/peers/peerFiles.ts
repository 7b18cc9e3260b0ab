import { readFile, readdir, stat } from 'node:fs/promises';
import type { PeerFileProblem } from '../../domain/incoming';

/** Larger files are not read, because several copies of their content are in memory at once. */
const MAX_FILE_MEGABYTES = 64;

export type FileText =
  | { readonly kind: 'text'; readonly text: string; readonly changedAtMs: number }
  | { readonly kind: 'problem'; readonly problem: PeerFileProblem };

/** Reads a text file and never throws. Nothing in this folder writes files. */
export async function readText(path: string): Promise<FileText> {
  try {
    const { size, mtimeMs, isFile } = await sizeOf(path);
    if (!isFile) return { kind: 'problem', problem: { kind: 'notAFile' } };
    if (size > MAX_FILE_MEGABYTES * 1024 * 1024)
      return { kind: 'problem', problem: { kind: 'tooLarge', limitMegabytes: MAX_FILE_MEGABYTES } };
    const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
    return text.trim() === '' || isZeros(text)
      ? { kind: 'problem', problem: { kind: 'empty' } }
      : { kind: 'text', text, changedAtMs: Math.round(mtimeMs) };
  } catch (error) {
    const code = codeOf(error);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return { kind: 'problem', problem: isMissing ? { kind: 'missing' } : { kind: 'unreadable', code } };
  }
}

/** Sorted names in a folder; empty if the folder is missing or unreadable. */
export async function namesIn(folder: string, kind: 'folders' | 'files'): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => (kind === 'folders' ? entry.isDirectory() : entry.isFile()))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

async function sizeOf(
  path: string,
): Promise<{ readonly size: number; readonly mtimeMs: number; readonly isFile: boolean }> {
  const stats = await stat(path);
  return { size: stats.size, mtimeMs: stats.mtimeMs, isFile: stats.isFile() };
}

/** A power failure can leave a file that has its size but only zeros as content. */
const isZeros = (text: string): boolean => /^\0+$/.test(text);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN');
