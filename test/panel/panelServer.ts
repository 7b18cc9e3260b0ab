import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { panelCsp, panelHtml } from '../../src/editor/webviews/panelHtml';

const ROOT = path.resolve('out');
const NONCE = 'cGFuZWwtdGVzdHM';

const FONTS: Readonly<Record<string, string>> = {
  'jetbrains-mono-400.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2',
  'jetbrains-mono-400-italic.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-italic.woff2',
  'jetbrains-mono-700.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff2',
  'space-grotesk-500.woff2': '@fontsource/space-grotesk/files/space-grotesk-latin-500-normal.woff2',
};

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

const PAGES: Readonly<Record<string, { readonly root: 'nt-app' | 'nt-ledger'; readonly script: string }>> = {
  '/': { root: 'nt-app', script: 'panel.js' },
  '/ledger': { root: 'nt-ledger', script: 'ledger.js' },
};

let built: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** Production builds of the panel and the ledger with their resources, by path. Built once per process. */
function builtFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  built ??= build();
  return built;
}

async function build(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await esbuild.build({
    entryPoints: { panel: 'webview/main.ts', ledger: 'webview/ledger.ts' },
    outdir: ROOT,
    write: false,
    bundle: true,
    minify: true,
    legalComments: 'none',
    platform: 'browser',
    format: 'esm',
    target: 'chrome140',
    tsconfig: 'webview/tsconfig.json',
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map(({ path: name, contents }) => [`/${path.relative(ROOT, name)}`, contents]));
  files.set('/page.css', await readFile('webview/page.css'));
  for (const [name, source] of Object.entries(FONTS))
    files.set(`/fonts/${name}`, await readFile(path.join('node_modules', source)));
  return files;
}

const pageScripts = new Map<string, Promise<string>>();

/** In-page code of the tests, bundled as a classic script. */
export function bundlePageScript(entry: string): Promise<string> {
  const known = pageScripts.get(entry) ?? bundle(entry);
  pageScripts.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome140',
    tsconfig: 'webview/tsconfig.json',
  });
  return result.outputFiles[0]?.text ?? '';
}

/** Serves the panel's page under its real content security policy, on loopback. */
export class PanelServer {
  /** Translations by language; a page asks for one with `?language=`. */
  readonly translations = new Map<string, Readonly<Record<string, string>>>();

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<PanelServer> {
    const files = await builtFiles();
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/blank') {
        response.writeHead(200, {
          'content-type': 'text/html',
          'content-security-policy': panelCsp(`http://${request.headers.host ?? ''}`, NONCE),
        });
        response.end('<!DOCTYPE html><title>blank</title><body></body>');
        return;
      }
      const page = PAGES[pathname];
      const language = searchParams.get('language') ?? 'en';
      if (page !== undefined) {
        const origin = `http://${request.headers.host ?? ''}`;
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(
          panelHtml({
            language,
            translations: started.translations.get(language),
            root: page.root,
            cspSource: origin,
            nonce: NONCE,
            scriptUri: `${origin}/${page.script}`,
            styleUri: `${origin}/page.css`,
            fontBaseUri: `${origin}/fonts`,
          }),
        );
        return;
      }
      const body = files.get(pathname);
      if (body === undefined) response.writeHead(404).end();
      else
        response
          .writeHead(200, {
            'content-type': TYPES[path.extname(pathname)] ?? 'text/plain',
            'access-control-allow-origin': '*',
          })
          .end(body);
    });
    await listen(server);
    const started = new PanelServer(server, originOf(server));
    return started;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Records requests of a page. There should be none. */
export class BeaconServer {
  readonly requests: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<BeaconServer> {
    const server = createServer();
    const beacon = new BeaconServer(server);
    server.on('request', (request, response) => {
      beacon.requests.push(request.url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
    });
    server.on('connection', () => beacon.requests.push('connection'));
    await listen(server);
    return beacon;
  }

  get origin(): string {
    return originOf(this.server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
