import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { harnessHome } from './projectPaths';

const PARSER = `/** Splits "name = value" lines; it has a bug on purpose: ask the chat about it. */
export function parseAssignments(text: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const line of text.split('\\n')) {
    const [name, value] = line.split('=');
    result.set(name.trim(), value.trim());
  }
  return result;
}
`;

const HELPER_MANIFEST = {
  name: 'open-neural-terminal',
  publisher: 'neural-terminal-harness',
  version: '0.0.1',
  engines: { vscode: '^1.106.0' },
  activationEvents: ['onStartupFinished'],
  main: './extension.js',
};

const HELPER_CODE = `const { commands } = require('vscode');
exports.activate = () => commands.executeCommand('workbench.view.extension.neuralTerminal');
`;

/** @returns the absolute path of a folder to open, with a file to ask about. The user's changes there are kept. */
export async function ensureSampleWorkspace(): Promise<string> {
  const folder = join(harnessHome, 'sample-workspace');
  await mkdir(folder, { recursive: true });
  const parser = join(folder, 'parser.ts');
  if (!existsSync(parser)) {
    await writeFile(parser, PARSER);
  }
  return folder;
}

/** @returns the folder of an extension that shows the chat when a window opens: VS Code has no setting for it. */
export async function ensureOpenChatHelper(): Promise<string> {
  const folder = join(harnessHome, 'open-chat-helper');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(HELPER_MANIFEST));
  await writeFile(join(folder, 'extension.js'), HELPER_CODE);
  return folder;
}
