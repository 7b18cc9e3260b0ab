import type { Failure } from '../../domain/failure';
import type { Redact } from './redaction';

export interface TransportFailure {
  readonly failure: Failure;
  /** False only where no byte of the request can have reached the server. */
  readonly sent: boolean;
}

/** Where a connection cannot have existed: nothing was sent. The words continue "Cannot reach the host:". */
const NEVER_CONNECTED: readonly (readonly [code: RegExp, words: string])[] = [
  [/^(?:ENOTFOUND|EAI_AGAIN|EAI_NONAME|ENODATA|ERR_NAME_NOT_RESOLVED)$/, 'the name cannot be resolved'],
  [/^(?:ECONNREFUSED|ERR_CONNECTION_REFUSED)$/, 'the connection was refused'],
  [
    /^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ERR_ADDRESS_UNREACHABLE|ERR_INTERNET_DISCONNECTED)$/,
    'there is no route to it',
  ],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ERR_CONNECTION_TIMED_OUT)$/, 'no connection could be made in time'],
  [
    /^(?:CERT_.*|ERR_CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'its certificate is not trusted',
  ],
  [
    /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PROTOCOL_ERROR|ERR_SSL_VERSION_OR_CIPHER_MISMATCH)$/,
    'it does not speak TLS as expected',
  ],
  [/^(?:ERR_PROXY_CONNECTION_FAILED|ERR_TUNNEL_CONNECTION_FAILED)$/, 'the proxy cannot be reached'],
];

/** Where the request may have arrived. */
const MAYBE_SENT: readonly (readonly [code: RegExp, words: string])[] = [
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_CONNECTION_RESET|ERR_CONNECTION_CLOSED|ERR_EMPTY_RESPONSE)$/,
    'the connection was closed by the other side',
  ],
  [/^(?:ETIMEDOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'the connection timed out'],
];

/** Answers that are not what HTTP allows; what lies behind the host is not the provider. */
const NOT_THE_PROVIDER: readonly (readonly [code: RegExp, words: string])[] = [
  [
    /^(?:Z_.*|ERR__?ZLIB.*|ERR_CONTENT_DECODING_FAILED|ERR_BROTLI.*|ERR__ERROR_FORMAT.*)$/,
    'its compressed answer cannot be read',
  ],
  [
    /^(?:HPE_.*|HTTPParserError|UND_ERR_RES_.*|UND_ERR_HEADERS_OVERFLOW|ERR_INVALID_HTTP_RESPONSE|ERR_RESPONSE_HEADERS_TOO_BIG)$/,
    'its answer is not HTTP',
  ],
];

/** What `fetch` rejects with, in the words of Node, undici or Electron. */
export function failureOfTransport(error: unknown, host: string, redact: Redact): TransportFailure {
  const causes = causesOf(error);
  if (causes.some((cause) => /redirect/i.test(cause.message))) {
    return {
      sent: true,
      failure: { code: 'PROTOCOL', detail: 'it redirects to another address, and a message is not sent on', host },
    };
  }
  // Thrown before anything is sent, and its text repeats the key.
  if (causes.some((cause) => /invalid header value|ByteString/i.test(cause.message))) {
    return { sent: false, failure: { code: 'AUTH', detail: 'the key has characters that cannot be sent', host } };
  }
  // Several addresses of one host are tried at once: nothing was sent only when none of them connected.
  const leaves = causes.filter((cause) => cause.leaf);
  const words = leaves.map((cause) => wordsFor(cause, NEVER_CONNECTED) ?? beforeConnection(cause));
  const first = words[0];
  if (first !== undefined && words.every((text) => text !== undefined)) {
    return { sent: false, failure: { code: 'NETWORK', detail: redact(first), host } };
  }
  for (const cause of causes) {
    const notHttp = wordsFor(cause, NOT_THE_PROVIDER);
    if (notHttp !== undefined) return { sent: true, failure: { code: 'PROTOCOL', detail: redact(notHttp), host } };
  }
  const known = causes.map((cause) => wordsFor(cause, MAYBE_SENT)).find((text) => text !== undefined);
  return { sent: true, failure: { code: 'NETWORK', detail: redact(known ?? leaves[0]?.message ?? ''), host } };
}

interface Cause {
  /** The error's name where it has no code. */
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
  readonly leaf: boolean;
}

function causesOf(error: unknown, depth = 0): Cause[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = [
    ...(error instanceof AggregateError ? (error.errors as unknown[]) : []),
    ...(error.cause === undefined ? [] : [error.cause]),
  ];
  const below = inner.flatMap((cause) => causesOf(cause, depth + 1));
  const electronCode = /net::(ERR_[A-Z_]+)/.exec(error.message)?.[1];
  return [
    {
      code: electronCode ?? (textOf(error, 'code') || error.name),
      syscall: textOf(error, 'syscall'),
      message: error.message,
      leaf: below.length === 0,
    },
    ...below,
  ];
}

function textOf(error: Error, name: 'code' | 'syscall'): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}

function wordsFor(cause: Cause, table: readonly (readonly [RegExp, string])[]): string | undefined {
  const words = table.find(([code]) => code.test(cause.code))?.[1];
  return words === undefined ? undefined : `${words} (${cause.code})`;
}

function beforeConnection(cause: Cause): string | undefined {
  if (cause.code === 'ETIMEDOUT' && cause.syscall === 'connect')
    return 'no connection could be made in time (ETIMEDOUT)';
  if (cause.code === 'ECONNRESET' && /before secure TLS connection/i.test(cause.message))
    return 'the connection was closed before it was secure (ECONNRESET)';
  if (cause.code === 'EPROTO' && /wrong version number/i.test(cause.message))
    return 'it does not speak TLS as expected (EPROTO)';
  return undefined;
}
