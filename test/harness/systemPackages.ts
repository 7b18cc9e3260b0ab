import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Log, runToEnd } from './childProcesses';

/**
 * Installs missing Debian packages when this user may.
 * Does nothing on systems other than Debian and its derivatives.
 * @param purpose ends the sentence "packages needed …" in the messages.
 * @throws Error that names missing packages which this user can't install.
 */
export async function ensureSystemPackages(names: readonly string[], purpose: string, log: Log): Promise<void> {
  if (!existsSync('/usr/bin/dpkg-query')) {
    return;
  }
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) {
    return;
  }
  const prefix = aptPrefix();
  if (!prefix) {
    throw new Error(`packages needed ${purpose} are missing: run  sudo apt-get install ${missing.join(' ')}`);
  }
  log(`installing system packages needed ${purpose}: ${missing.join(' ')}`);
  const [command = 'apt-get', ...before] = [...prefix, 'apt-get'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runToEnd(command, [...before, 'update', '-qq'], { env });
  await runToEnd(command, [...before, 'install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
}

function isInstalled(name: string): boolean {
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout === 'installed';
}

/** Arguments before apt-get, or undefined when this user can't install packages. */
function aptPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) {
    return [];
  }
  const passwordless = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return passwordless ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND'] : undefined;
}
