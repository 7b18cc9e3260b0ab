import type { CONNECTION_PROBLEMS, Failure, FailureCode, FailureReason } from '../../domain/failure';
import type { Redact } from './redaction';

export interface TransportFailure {
  readonly failure: Failure;
  /** False only if no byte of the request can have reached the server. */
  readonly sent: boolean;
}

type Problem = (typeof CONNECTION_PROBLEMS)[number];
type ProblemTable = readonly (readonly [code: RegExp, problem: Problem])[];

/** There was no connection, so nothing was sent. */
const NEVER_CONNECTED: ProblemTable = [
  [/^(?:ENOTFOUND|EAI_AGAIN|EAI_NONAME|ENODATA|ERR_NAME_NOT_RESOLVED)$/, 'nameNotResolved'],
  [/^(?:ECONNREFUSED|ERR_CONNECTION_REFUSED)$/, 'connectionRefused'],
  [
    /^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ERR_ADDRESS_UNREACHABLE|ERR_INTERNET_DISCONNECTED)$/,
    'noRoute',
  ],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ERR_CONNECTION_TIMED_OUT)$/, 'connectTimeout'],
  [
    /^(?:CERT_.*|ERR_CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'untrustedCertificate',
  ],
  [/^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PROTOCOL_ERROR|ERR_SSL_VERSION_OR_CIPHER_MISMATCH)$/, 'tlsMismatch'],
  [/^(?:ERR_PROXY_CONNECTION_FAILED|ERR_TUNNEL_CONNECTION_FAILED)$/, 'proxyUnreachable'],
];

/** The request may have arrived. */
const MAYBE_SENT: ProblemTable = [
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_CONNECTION_RESET|ERR_CONNECTION_CLOSED|ERR_EMPTY_RESPONSE)$/,
    'connectionClosed',
  ],
  [/^(?:ETIMEDOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'connectionTimedOut'],
];

/** Responses that violate HTTP. The host is not the provider. */
const NOT_THE_PROVIDER: ProblemTable = [
  [/^(?:Z_.*|ERR__?ZLIB.*|ERR_CONTENT_DECODING_FAILED|ERR_BROTLI.*|ERR__ERROR_FORMAT.*)$/, 'badCompression'],
  [
    /^(?:HPE_.*|HTTPParserError|UND_ERR_RES_.*|UND_ERR_HEADERS_OVERFLOW|ERR_INVALID_HTTP_RESPONSE|ERR_RESPONSE_HEADERS_TOO_BIG)$/,
    'notHttp',
  ],
];

/** Maps errors of `fetch`, from Node, undici or Electron. */
export function failureOfTransport(error: unknown, host: string, redact: Redact): TransportFailure {
  const failed = (code: FailureCode, sent: boolean, reason: FailureReason): TransportFailure => ({
    sent,
    failure: { code, detail: '', reason, host },
  });
  const of = (kind: Problem, { code }: Cause): FailureReason => ({ kind, code: redact(code) });
  const causes = causesOf(error);
  if (causes.some((cause) => /redirect/i.test(cause.message))) return failed('PROTOCOL', true, { kind: 'redirected' });
  // Thrown before anything is sent. Its message contains the key.
  if (causes.some((cause) => /invalid header value|ByteString/i.test(cause.message)))
    return failed('AUTH', false, { kind: 'keyNotSendable' });
  // Several addresses of a host are tried in parallel. Nothing was sent only if none of them connected.
  const leaves = causes.filter((cause) => cause.leaf);
  const problems = leaves.map((cause) => problemIn(cause, NEVER_CONNECTED) ?? beforeConnection(cause));
  const [first, firstLeaf] = [problems[0], leaves[0]];
  if (first && firstLeaf && problems.every((problem) => problem !== undefined))
    return failed('NETWORK', false, of(first, firstLeaf));
  for (const cause of causes) {
    const problem = problemIn(cause, NOT_THE_PROVIDER);
    if (problem) return failed('PROTOCOL', true, of(problem, cause));
  }
  for (const cause of causes) {
    const problem = problemIn(cause, MAYBE_SENT);
    if (problem) return failed('NETWORK', true, of(problem, cause));
  }
  return { sent: true, failure: { code: 'NETWORK', detail: redact(firstLeaf?.message ?? ''), host } };
}

interface Cause {
  /** The error's name if it has no code. */
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

const problemIn = (cause: Cause, table: ProblemTable): Problem | undefined =>
  table.find(([code]) => code.test(cause.code))?.[1];

/** Codes that mean "not connected" only together with the system call or the message. */
function beforeConnection(cause: Cause): Problem | undefined {
  if (cause.code === 'ETIMEDOUT' && cause.syscall === 'connect') return 'connectTimeout';
  if (cause.code === 'ECONNRESET' && /before secure TLS connection/i.test(cause.message)) return 'closedBeforeTls';
  if (cause.code === 'EPROTO' && /wrong version number/i.test(cause.message)) return 'tlsMismatch';
  return undefined;
}
