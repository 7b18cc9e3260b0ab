import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Log } from './childProcesses';
import { withInstallLock } from './installLock';
import { harnessHome } from './projectPaths';
import { ensureSystemPackages } from './systemPackages';

/**
 * Finds Chromium, or installs Debian's package when this user may.
 * `NEURAL_TERMINAL_CHROMIUM` sets the path explicitly.
 * @returns the absolute path of the browser program.
 * @throws Error that says how to provide one.
 */
export async function ensureBrowser(log: Log): Promise<string> {
  const named = process.env['NEURAL_TERMINAL_CHROMIUM'];
  if (named) {
    if (!existsSync(named)) {
      throw new Error(`NEURAL_TERMINAL_CHROMIUM names a file that does not exist: ${named}`);
    }
    return named;
  }
  const found = findBrowser();
  if (found) {
    return found;
  }
  await withInstallLock(harnessHome, log, () =>
    ensureSystemPackages(['chromium', 'fonts-liberation'], 'to drive the editor', log),
  );
  const installed = findBrowser();
  if (!installed) {
    throw new Error('no Chromium found: install Chromium or Chrome, or set NEURAL_TERMINAL_CHROMIUM to its path');
  }
  return installed;
}

function findBrowser(): string | undefined {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
  const candidates = [
    ...names.map((name) => join('/usr/bin', name)),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...playwrightBrowsers(),
  ];
  return candidates.find((candidate) => existsSync(candidate));
}

/** Browsers that `playwright install chromium` left in its cache, newest first. */
function playwrightBrowsers(): string[] {
  const caches = [
    process.env['PLAYWRIGHT_BROWSERS_PATH'],
    join(homedir(), '.cache', 'ms-playwright'),
    join(homedir(), 'Library', 'Caches', 'ms-playwright'),
  ];
  const inside = [
    join('chrome-linux', 'chrome'),
    join('chrome-linux64', 'chrome'),
    join('chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'),
  ];
  return caches.flatMap((cache) => {
    if (!cache || !existsSync(cache)) {
      return [];
    }
    const builds = readdirSync(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort()
      .reverse();
    return builds.flatMap((build) => inside.map((program) => join(cache, build, program)));
  });
}
