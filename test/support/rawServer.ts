import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a scripted server does on one connection after it has read the request, in order. */
export type RawStep =
  /** Exactly these bytes; in pieces of `pieceSize` bytes, each a write of its own. */
  | { readonly send: string | Uint8Array; readonly pieceSize?: number }
  | { readonly waitMs: number }
  | { readonly until: Promise<unknown> }
  /** How the connection ends: properly, by a reset, or not at all until the server is disposed of. */
  | { readonly end: 'fin' | 'rst' | 'stall' };

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawServer {
  readonly origin: string;
  readonly baseUrl: string;
  readonly requests: readonly RawRequest[];
  /** Resolves when the client has closed the newest connection. */
  clientGone(): Promise<void>;
  dispose(): Promise<void>;
}

type Script = readonly RawStep[] | ((request: RawRequest) => readonly RawStep[]);

/** A TCP server that reads an HTTP request and sends the bytes of a script. */
export async function startRawServer(script: Script): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<net.Socket>();
  let closed: Promise<unknown> = Promise.resolve();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('close', () => sockets.delete(socket));
    void answer(socket, script, requests);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    baseUrl: `${origin}/api/v1`,
    requests,
    clientGone: async () => void (await closed),
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The server is disposed of however `use` ends. */
export async function withRawServer<T>(script: Script, use: (server: RawServer) => Promise<T>): Promise<T> {
  const server = await startRawServer(script);
  try {
    return await use(server);
  } finally {
    await server.dispose();
  }
}

async function answer(socket: net.Socket, script: Script, requests: RawRequest[]): Promise<void> {
  const request = await readRequest(socket);
  if (!request) return;
  requests.push(request);
  socket.setNoDelay(true);
  for (const step of typeof script === 'function' ? script(request) : script) {
    if (socket.destroyed) return;
    await perform(socket, step);
  }
}

async function perform(socket: net.Socket, step: RawStep): Promise<void> {
  if ('waitMs' in step) await sleep(step.waitMs);
  else if ('until' in step) await step.until;
  else if ('send' in step)
    await send(socket, typeof step.send === 'string' ? Buffer.from(step.send) : step.send, step.pieceSize);
  else if (step.end === 'fin') socket.end();
  else if (step.end === 'rst') socket.resetAndDestroy();
}

async function send(socket: net.Socket, bytes: Uint8Array, pieceSize = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length && !socket.destroyed; at += pieceSize) {
    await new Promise((resolve) => socket.write(bytes.subarray(at, at + pieceSize), resolve));
    // Two writes in one turn of the event loop would be sent in one packet.
    if (pieceSize < bytes.length) await new Promise(setImmediate);
  }
}

async function readRequest(socket: net.Socket): Promise<RawRequest | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const request = parse(received);
      if (request) resolve(request);
    });
    socket.once('close', () => resolve(undefined));
  });
}

function parse(received: Buffer): RawRequest | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [first = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? 0);
  if (received.length < headEnd + 4 + length) return undefined;
  const [method = '', path = ''] = first.split(' ');
  return { method, path, headers, body: received.toString('utf8', headEnd + 4, headEnd + 4 + length) };
}

/** Head and body of an answer that the end of the connection closes. */
export function closeDelimited(status: string, headers: Readonly<Record<string, string>>, body = ''): string {
  return `${head(status, { ...headers, connection: 'close' })}${body}`;
}

export function head(status: string, headers: Readonly<Record<string, string>>): string {
  return `HTTP/1.1 ${status}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

/** One piece of a body with `transfer-encoding: chunked`. */
export function httpChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

export const LAST_HTTP_CHUNK = '0\r\n\r\n';
