import { resolve } from 'node:path';

/** The project's folder: the one with package.json. */
export const projectRoot = resolve(__dirname, '..', '..');

/** Everything the harness installs or writes; git-ignored. */
export const harnessHome = resolve(projectRoot, '.vscode-test');
