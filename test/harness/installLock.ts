import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type Log } from './childProcesses';

const POLL_MS = 500;

/** A lock file without an owner for this long belongs to a run that was killed while writing it. */
const OWNERLESS_MS = 5_000;

/**
 * Runs `action` while no other harness process installs into the same folder.
 * A lock whose owner died is taken over, so that a killed run doesn't block the next one.
 */
export async function withInstallLock<T>(folder: string, log: Log, action: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const lockFile = join(folder, 'install.lock');
  let isAnnounced = false;
  while (!(await tryLock(lockFile))) {
    if (!isAnnounced) {
      log('waiting for another run that is installing');
      isAnnounced = true;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await action();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string): Promise<boolean> {
  try {
    const handle = await open(lockFile, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  if (await isAbandoned(lockFile)) {
    await rm(lockFile, { force: true });
  }
  return false;
}

async function isAbandoned(lockFile: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(lockFile, 'utf8'));
    return owner > 0 ? !isAlive(owner) : Date.now() - (await stat(lockFile)).mtimeMs > OWNERLESS_MS;
  } catch {
    // Released meanwhile.
    return false;
  }
}
