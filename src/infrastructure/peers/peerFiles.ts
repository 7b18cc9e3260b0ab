import { readFile, readdir, stat } from 'node:fs/promises';

/** A history of this size is not read: it would be held in memory several times over. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export type FileText =
  | { readonly kind: 'text'; readonly text: string; readonly changedAtMs: number }
  | { readonly kind: 'missing' }
  /** `reason` is shown to the user. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a text file without ever throwing. Files are only read here; nothing in this folder writes. */
export async function readText(path: string): Promise<FileText> {
  try {
    const { size, mtimeMs, isFile } = await sizeOf(path);
    if (!isFile) return { kind: 'unreadable', reason: 'It is not a file.' };
    if (size > MAX_FILE_BYTES)
      return { kind: 'unreadable', reason: `It is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB.` };
    const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
    return text.trim() === '' || isZeros(text)
      ? { kind: 'unreadable', reason: 'It is empty.' }
      : { kind: 'text', text, changedAtMs: Math.round(mtimeMs) };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : { kind: 'unreadable', reason: `It could not be read (${code}).` };
  }
}

/** Names in a folder, in order; none where there is no such folder or it cannot be listed. */
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

/** What a power cut leaves of a file that had grown before its content arrived. */
const isZeros = (text: string): boolean => /^\0+$/.test(text);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
