import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, runToEnd } from './childProcesses';
import { checkPackage, packagePath } from './package';
import { projectRoot } from './projectPaths';

const USAGE = 'usage: npm run release -- 0.3.0   or   npm run release -- --check';
const REPOSITORY = 'https://github.com/neural-terminal/neural-terminal';
const VERSION = /^\d+\.\d+\.\d+$/;

const file = (name: string): string => join(projectRoot, name);
const read = (name: string): Promise<string> => readFile(file(name), 'utf8');
const log: Log = (line) => console.log(line);

/**
 * `npm run release -- VERSION`: sets the version, cuts the changelog, builds the package and prints the next steps. Run
 * again with the same version, it only builds. `--check` changes nothing but build output.
 * @throws Error saying what keeps the release from being made.
 */
async function release(args: readonly string[]): Promise<void> {
  const [wanted, ...rest] = args;
  if (wanted === undefined || rest.length > 0 || (wanted !== '--check' && !VERSION.test(wanted)))
    throw new Error(USAGE);
  const current = await currentVersion();
  const problems = [...treeProblems(), ...changelogProblems(await read('CHANGELOG.md'), wanted, current)];
  if (problems.length > 0) throw new Error(problems.map((problem) => `- ${problem}`).join('\n'));
  if (VERSION.test(wanted) && wanted !== current) await cut(wanted, current);
  await runToEnd(process.execPath, ['esbuild.mjs', '--production'], { cwd: projectRoot, onLine: log });
  const { failed } = await checkPackage(log);
  if (failed > 0) throw new Error('the package is not as expected');
  if (wanted === '--check') log('ready for a release');
  else log(nextSteps(wanted, await packagePath()));
}

async function currentVersion(): Promise<string> {
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  return version;
}

function treeProblems(): string[] {
  const answer = spawnSync('git', ['status', '--porcelain'], { cwd: projectRoot, encoding: 'utf8' });
  if (answer.status !== 0) return [`git status failed: ${answer.stderr.trim()}`];
  return answer.stdout === '' ? [] : ['the working tree has changes that are not committed'];
}

/** Exported for its test. @param wanted a version, or `--check`: then what is unreleased, or else `current`, is checked. */
export function changelogProblems(changelog: string, wanted: string, current: string): string[] {
  const unreleased = sectionOf(changelog, 'Unreleased');
  if (unreleased === undefined) return ['CHANGELOG.md has no section "## [Unreleased]"'];
  const isCut = sectionOf(changelog, wanted === '--check' ? current : wanted) !== undefined;
  if (hasEntries(unreleased))
    return wanted === current ? [`"Unreleased" has entries, but ${wanted} is cut already`] : [];
  return isCut ? [] : ['CHANGELOG.md has no entries under "Unreleased"'];
}

function sectionOf(changelog: string, name: string): string | undefined {
  return changelog.split(/^## (?=\[)/m).find((section) => section.startsWith(`[${name}]`));
}

const hasEntries = (section: string): boolean => /^- \S/m.test(section);

/** Exported for its test. Moves what is unreleased below a heading for the version, and adds its link. */
export function cutChangelog(changelog: string, version: string, previous: string, day: string): string {
  return changelog
    .replace(/^## \[Unreleased\]\n/m, `## [Unreleased]\n\n## [${version}] - ${day}\n`)
    .replace(/^\[unreleased\]: .*$/im, () =>
      [
        `[unreleased]: ${REPOSITORY}/compare/v${version}...HEAD`,
        `[${version}]: ${REPOSITORY}/compare/v${previous}...v${version}`,
      ].join('\n'),
    );
}

async function cut(version: string, previous: string): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  await writeFile(file('CHANGELOG.md'), cutChangelog(await read('CHANGELOG.md'), version, previous, day));
  // The first two places in the lock file are the project's own; its dependencies follow.
  for (const [name, places] of [
    ['package.json', 1],
    ['package-lock.json', 2],
  ] as const) {
    let left = places;
    const text = (await read(name)).replaceAll(`"version": "${previous}"`, (found) =>
      left-- > 0 ? `"version": "${version}"` : found,
    );
    await writeFile(file(name), text);
  }
  log(`version ${previous} → ${version} in package.json, package-lock.json and CHANGELOG.md`);
}

const nextSteps = (version: string, vsix: string): string => `
Next:
  1. npm test
  2. git commit -am "Release ${version}" && git tag -a v${version} -m "${version}"
  3. git push --follow-tags
  4. npx vsce publish --packagePath ${vsix}
  5. Attach the package and the source maps in out/maps to the release of the tag.`;

if (require.main === module) {
  void release(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
