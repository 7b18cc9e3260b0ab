// THIRD_PARTY_NOTICES.txt: names, versions and licence texts of everything that the package contains.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const NOTICES_FILE = 'THIRD_PARTY_NOTICES.txt';
const LICENCE_FILE = /^(?:licen[cs]e|copying|ofl)(?:[.-].*)?$/i;
const RULE = '-'.repeat(80);
/** For packages that name the licence without shipping its text. */
const MIT_TEXT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Folder of the package that a bundled file belongs to, e.g. `node_modules/a/node_modules/@b/c`; undefined for our own. */
function packageFolder(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1];
}

/** The packages of which at least one byte is in an output, sorted by name. */
function bundledFolders(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(file);
        if (bytesInOutput > 0 && folder !== undefined) folders.add(folder);
      }
    }
  }
  return folders;
}

function noticeOf(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((name) => LICENCE_FILE.test(name))
    .sort()
    .map((name) => readFileSync(path.join(folder, name), 'utf8').replace(/\r\n/g, '\n').trim());
  const { name, version, license, author, homepage, repository } = manifest;
  if (texts.length === 0 && license !== 'MIT') throw new Error(`${name} ships no licence text: add it before shipping`);
  const owner = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;
  const text = texts.length > 0 ? texts.join('\n\n') : `Copyright (c) ${owner}\n\n${MIT_TEXT}`;
  const address = homepage ?? repository?.url ?? '';
  return { title: `${name} ${version}`, text: [`${name} ${version} (${license})`, address, '', text].join('\n') };
}

/**
 * @param metafiles of the bundles that are packaged.
 * @param assetPackages folders of packages whose files are copied instead of bundled: fonts, the WebAssembly engine.
 */
export function writeNotices(metafiles, assetPackages) {
  const folders = [...new Set([...bundledFolders(metafiles), ...assetPackages])].filter((folder) =>
    existsSync(path.join(folder, 'package.json')),
  );
  // Two copies of the same version are one notice.
  const notices = new Map(folders.map(noticeOf).map(({ title, text }) => [title, text]));
  const sorted = [...notices].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const intro = 'Neural Terminal contains the following software, each under its own licence.';
  writeFileSync(NOTICES_FILE, `${[intro, ...sorted].join(`\n\n${RULE}\n`)}\n`);
}
