import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Why no file system can be mounted here; undefined when it can. */
export function cannotMount(): string | undefined {
  if (process.platform !== 'linux') return `needs a tmpfs of Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root to mount a tmpfs';
  try {
    unmounted(mounted('size=64k'));
    return undefined;
  } catch (error) {
    return `no tmpfs can be mounted here: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

/** Runs `action` with a file system of its own in memory. @param options of mount, for example `size=1m`. */
export async function withTmpfs<T>(options: string, action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mounted(options);
  try {
    return await action(folder);
  } finally {
    unmounted(folder);
  }
}

/** Mounts anew what is there with other options, for example `ro`. */
export function remount(folder: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, folder], { stdio: 'pipe' });
}

function mounted(options: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tmpfs-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  return folder;
}

function unmounted(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
  rmSync(folder, { recursive: true });
}
