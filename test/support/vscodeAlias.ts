import Module from 'node:module';
import path from 'node:path';

/** Makes `vscode`, which exists only inside the editor, resolve to the shim in this process. The shim imports it. */

interface Resolver {
  _resolveFilename(request: string, ...rest: readonly unknown[]): string;
}

function isResolver(module: unknown): module is Resolver {
  return typeof module === 'function' && '_resolveFilename' in module;
}

const SHIM = path.join(__dirname, 'vscodeShim.ts');

if (!isResolver(Module)) throw new Error('this version of Node.js resolves modules in another way');
const resolver = Module;
const resolve = resolver._resolveFilename;
resolver._resolveFilename = (request, ...rest) =>
  request === 'vscode' ? SHIM : resolve.call(resolver, request, ...rest);
