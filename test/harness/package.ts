import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, runToEnd } from './childProcesses';
import { projectRoot } from './projectPaths';
import { ONE_FAILED, ONE_PASSED, type TestCounts } from './testCounts';

const MAX_PACKAGE_BYTES = 4 * 1024 * 1024;
const FILE_LIST = join(projectRoot, 'test', 'harness', 'vsix-files.txt');
const VSCE = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');

/** Absolute path of the package that `npm run package` and the package check write. */
export async function packagePath(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return join(projectRoot, `${manifest.name}-${manifest.version}.vsix`);
}

/**
 * Packages the build and compares its files with the committed list, so that every change is reviewed.
 * @throws Error when vsce cannot package.
 */
export async function checkPackage(log: Log): Promise<TestCounts> {
  const path = await packagePath();
  await runToEnd(
    process.execPath,
    [VSCE, 'package', '--no-dependencies', '--no-rewrite-relative-links', '--out', path],
    {
      cwd: projectRoot,
      onLine: (line) => /warn|error/i.test(line) && log(line),
    },
  );
  const { size } = await stat(path);
  log(`${path}: ${(size / 1024).toFixed(0)} KiB`);
  const complaints = [...compareLists(await committedList(), packagedFiles())];
  if (size > MAX_PACKAGE_BYTES) {
    complaints.push(`the package has ${size} bytes, more than ${MAX_PACKAGE_BYTES}`);
  }
  complaints.forEach((complaint) => log(complaint));
  return complaints.length === 0 ? ONE_PASSED : ONE_FAILED;
}

/** What vsce would put into the package, relative to the project, sorted. */
function packagedFiles(): string[] {
  const answer = spawnSync(process.execPath, [VSCE, 'ls', '--no-dependencies'], { cwd: projectRoot, encoding: 'utf8' });
  if (answer.status !== 0) {
    throw new Error(`vsce ls failed: ${answer.stderr}`);
  }
  return answer.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();
}

async function committedList(): Promise<string[]> {
  if (!existsSync(FILE_LIST)) {
    return [];
  }
  return (await readFile(FILE_LIST, 'utf8')).split('\n').filter((line) => line !== '');
}

function compareLists(expected: readonly string[], actual: readonly string[]): string[] {
  const lines = [
    ...actual.filter((file) => !expected.includes(file)).map((file) => `+ ${file}`),
    ...expected.filter((file) => !actual.includes(file)).map((file) => `- ${file}`),
  ];
  return lines.length === 0
    ? []
    : ['the package differs from test/harness/vsix-files.txt (npm run package -- --update takes it over):', ...lines];
}

/** `npm run package [-- --update]`: production build, package, checks. */
async function main(): Promise<void> {
  const log: Log = (line) => console.log(line);
  await runToEnd(process.execPath, ['esbuild.mjs', '--production'], { cwd: projectRoot, onLine: log });
  if (process.argv.includes('--update')) {
    await writeFile(FILE_LIST, `${packagedFiles().join('\n')}\n`);
    log('test/harness/vsix-files.txt is up to date; review what changed');
  }
  const counts = await checkPackage(log);
  process.exitCode = counts.failed;
}

if (require.main === module) {
  void main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
