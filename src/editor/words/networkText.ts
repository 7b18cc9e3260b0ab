import * as vscode from 'vscode';
import type { ANSWER_PROBLEMS, Failure } from '../../domain/failure';

const t = vscode.l10n.t;

type Reason = NonNullable<Failure['reason']>;

/**
 * Why a request failed, in full sentences. Failures stored before reasons existed have this program's own words as their
 * detail.
 * @param otherwise where nothing is known beyond the failure's code.
 */
export function explainFailure(failure: Failure, otherwise: string): string {
  const { reason, detail } = failure;
  if (reason) return reasonText(reason, failure);
  return detail === '' ? otherwise : `${(detail.charAt(0).toUpperCase() + detail.slice(1)).replace(/[.\s]+$/, '')}.`;
}

function reasonText(reason: Reason, failure: Failure): string {
  if ('code' in reason) return connectionText(reason.kind, reason.code);
  if ('limitMs' in reason) return silenceText(reason.kind, Number((reason.limitMs / 1000).toFixed(1)));
  if ('limit' in reason) {
    const limit = reason.limit.toLocaleString('en');
    return reason.kind === 'eventTooLarge'
      ? t('The server sent an event longer than {0} characters.', limit)
      : t('The server sent a reply larger than {0} bytes.', limit);
  }
  return answerText(reason.kind, failure);
}

function connectionText(kind: Extract<Reason, { readonly code: string }>['kind'], code: string): string {
  switch (kind) {
    case 'nameNotResolved':
      return t('The host name can’t be resolved ({0}).', code);
    case 'connectionRefused':
      return t('The connection was refused ({0}).', code);
    case 'noRoute':
      return t('There is no network route to the server ({0}).', code);
    case 'connectTimeout':
      return t('The connection attempt timed out ({0}).', code);
    case 'untrustedCertificate':
      return t('The server’s certificate is not trusted ({0}).', code);
    case 'tlsMismatch':
      return t('The server does not support a secure connection ({0}).', code);
    case 'proxyUnreachable':
      return t('The proxy can’t be reached ({0}).', code);
    case 'closedBeforeTls':
      return t('The connection was closed before it was secure ({0}).', code);
    case 'connectionClosed':
      return t('The server closed the connection ({0}).', code);
    case 'connectionTimedOut':
      return t('The connection timed out ({0}).', code);
    case 'badCompression':
      return t('The compressed response can’t be read ({0}).', code);
    case 'notHttp':
      return t('The response is not valid HTTP ({0}).', code);
  }
}

function silenceText(kind: Extract<Reason, { readonly limitMs: number }>['kind'], limitS: number): string {
  switch (kind) {
    case 'noFirstByte':
      return t('The server did not respond within {0} s.', limitS);
    case 'silence':
      return t('No data arrived for {0} s.', limitS);
    case 'noText':
      return t('No text arrived for {0} s.', limitS);
    case 'noEndMark':
      return t('The reply was not closed within {0} s of its last text.', limitS);
    case 'replyTooLong':
      return t('The reply took longer than {0} s.', limitS);
  }
}

function answerText(kind: (typeof ANSWER_PROBLEMS)[number], { httpStatus, detail }: Failure): string {
  const status = httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`;
  switch (kind) {
    case 'redirected':
      return t('The server redirects to another address. Messages are never forwarded.');
    case 'keyNotSendable':
      return t('The key contains characters that can’t be sent.');
    case 'emptyAnswer':
      return t('The response was empty.');
    case 'noFinishReason':
      return t('The reply ended without a finish reason.');
    case 'eventCutOff':
      return t('The connection ended in the middle of an event.');
    case 'eventNotJson':
      return t('The server sent an event that is not a JSON object.');
    case 'unexpectedAnswer':
      return t('The response is not a model’s reply{0}.', status);
    case 'addressNotFound':
      return t('The server does not know this address{0}.', status);
    case 'webPage':
      return t('The server sent a web page{0}.', status);
    case 'answerNotJson':
      return t('The response is not JSON{0}.', status);
    case 'noModelList':
      return t('The response is not a model list.');
    case 'noKeyInfo':
      return t('The response does not describe the key.');
    case 'noAnswerInTime':
      return t('The server did not respond in time.');
    case 'requestCancelled':
      return t('The request was cancelled.');
    case 'connectionUnreadable':
      return t('The server address or its key can’t be read: {0}', detail);
    case 'internalError':
      return t('An internal error occurred: {0}', detail);
  }
}
