import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Log, runToEnd } from './childProcesses';

/**
 * Makes sure that Debian packages are there, installing the missing ones when this user may.
 * Elsewhere than on Debian and its relatives it does nothing: the build that needs them tells.
 * @param purpose ends the sentence "packages needed …" in the messages.
 * @throws Error naming the packages when they are missing and cannot be installed from here.
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

/** What has to stand before apt-get, or undefined when this user cannot install packages. */
function aptPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) {
    return [];
  }
  const passwordless = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return passwordless ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND'] : undefined;
}
