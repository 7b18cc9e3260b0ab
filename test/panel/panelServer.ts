import { copyFileSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { panelCsp, panelHtml } from '../../src/editor/panelHtml';

const OUTPUT = path.resolve('out/panel-test');
const NONCE = 'cGFuZWwtdGVzdHM';

const FONTS: Readonly<Record<string, string>> = {
  'jetbrains-mono-400.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2',
  'jetbrains-mono-400-italic.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-italic.woff2',
  'jetbrains-mono-700.woff2': '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff2',
  'space-grotesk-500.woff2': '@fontsource/space-grotesk/files/space-grotesk-latin-500-normal.woff2',
};

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

const PAGES: Readonly<Record<string, { readonly root: 'nt-app' | 'nt-ledger'; readonly script: string }>> = {
  '/': { root: 'nt-app', script: 'panel.js' },
  '/ledger': { root: 'nt-ledger', script: 'ledger.js' },
};

let built: Promise<void> | undefined;

/** Builds the panel and the ledger as for production, into a folder of the tests' own; once per run. */
export function buildPanel(): Promise<void> {
  built ??= build();
  return built;
}

async function build(): Promise<void> {
  mkdirSync(path.join(OUTPUT, 'fonts'), { recursive: true });
  await esbuild.build({
    entryPoints: { panel: 'webview/main.ts', ledger: 'webview/ledger.ts' },
    outdir: OUTPUT,
    bundle: true,
    minify: true,
    legalComments: 'none',
    platform: 'browser',
    format: 'esm',
    target: 'chrome140',
    tsconfig: 'webview/tsconfig.json',
    logLevel: 'warning',
  });
  copyFileSync('webview/page.css', path.join(OUTPUT, 'page.css'));
  for (const [name, source] of Object.entries(FONTS)) copyFileSync(path.join('node_modules', source), path.join(OUTPUT, 'fonts', name));
}

const pageScripts = new Map<string, Promise<string>>();

/** In-page code of the tests as one classic script. */
export function bundlePageScript(entry: string): Promise<string> {
  const known = pageScripts.get(entry) ?? bundle(entry);
  pageScripts.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const result = await esbuild.build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', target: 'chrome140', tsconfig: 'webview/tsconfig.json' });
  return result.outputFiles[0]?.text ?? '';
}

/** Serves the panel's page under its real content security policy, on loopback. */
export class PanelServer {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<PanelServer> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/blank') {
        response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': panelCsp(`http://${request.headers.host ?? ''}`, NONCE) });
        response.end('<!DOCTYPE html><title>blank</title><body></body>');
        return;
      }
      const page = PAGES[pathname];
      if (page !== undefined) {
        const origin = `http://${request.headers.host ?? ''}`;
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(panelHtml({ root: page.root, cspSource: origin, nonce: NONCE, scriptUri: `${origin}/${page.script}`, styleUri: `${origin}/page.css`, fontBaseUri: `${origin}/fonts` }));
        return;
      }
      readFile(path.join(OUTPUT, path.normalize(pathname))).then(
        (body) => response.writeHead(200, { 'content-type': TYPES[path.extname(pathname)] ?? 'text/plain', 'access-control-allow-origin': '*' }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await listen(server);
    return new PanelServer(server, originOf(server));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Counts what a page asks of it; nothing should. */
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
