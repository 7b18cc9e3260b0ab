import { l10n } from 'vscode';
import type { ANSWER_PROBLEMS, Failure } from '../../domain/failure';
import { asSentence, formatNumber, sentences } from './format';

type Reason = NonNullable<Failure['reason']>;

/**
 * Why a request failed, in full sentences. Failures stored before reasons existed have this program's own words as their
 * detail.
 * @param otherwise where nothing is known beyond the failure's code.
 */
export function explainFailure(failure: Failure, otherwise: string): string {
  const { reason, detail } = failure;
  if (reason) return reasonText(reason, failure);
  return detail === '' ? otherwise : asSentence(detail);
}

function reasonText(reason: Reason, failure: Failure): string {
  if ('code' in reason) return connectionText(reason.kind, reason.code);
  if ('limitMs' in reason) return silenceText(reason.kind, formatNumber(Number((reason.limitMs / 1000).toFixed(1))));
  if ('limit' in reason) {
    const limit = formatNumber(reason.limit);
    return reason.kind === 'eventTooLarge'
      ? l10n.t('The server sent an event longer than {0} characters.', limit)
      : l10n.t('The server sent a reply larger than {0} bytes.', limit);
  }
  return answerText(reason.kind, failure);
}

function connectionText(kind: Extract<Reason, { readonly code: string }>['kind'], code: string): string {
  switch (kind) {
    case 'nameNotResolved':
      return l10n.t('The host name can’t be resolved ({0}).', code);
    case 'connectionRefused':
      return l10n.t('The connection was refused ({0}).', code);
    case 'noRoute':
      return l10n.t('There is no network route to the server ({0}).', code);
    case 'connectTimeout':
      return l10n.t('The connection attempt timed out ({0}).', code);
    case 'untrustedCertificate':
      return l10n.t('The server’s certificate isn’t trusted ({0}).', code);
    case 'tlsMismatch':
      return l10n.t('The server doesn’t support a secure connection ({0}).', code);
    case 'proxyUnreachable':
      return l10n.t('The proxy can’t be reached ({0}).', code);
    case 'closedBeforeTls':
      return l10n.t('The connection was closed before it was secure ({0}).', code);
    case 'connectionClosed':
      return l10n.t('The server closed the connection ({0}).', code);
    case 'connectionTimedOut':
      return l10n.t('The connection timed out ({0}).', code);
    case 'badCompression':
      return l10n.t('The compressed response can’t be read ({0}).', code);
    case 'notHttp':
      return l10n.t('The response isn’t valid HTTP ({0}).', code);
  }
}

function silenceText(kind: Extract<Reason, { readonly limitMs: number }>['kind'], limitS: string): string {
  switch (kind) {
    case 'noFirstByte':
      return l10n.t('The server didn’t respond within {0} s.', limitS);
    case 'silence':
      return l10n.t('No data arrived for {0} s.', limitS);
    case 'noText':
      return l10n.t('No text arrived for {0} s.', limitS);
    case 'noEndMark':
      return l10n.t('The reply wasn’t closed within {0} s of its last text.', limitS);
    case 'replyTooLong':
      return l10n.t('The reply took longer than {0} s.', limitS);
  }
}

function answerText(kind: (typeof ANSWER_PROBLEMS)[number], { httpStatus, detail }: Failure): string {
  const status = httpStatus === undefined ? '' : l10n.t('HTTP status: {0}.', String(httpStatus));
  switch (kind) {
    case 'redirected':
      return l10n.t('The server redirects to another address. Messages are never forwarded.');
    case 'keyNotSendable':
      return l10n.t('The key contains characters that can’t be sent.');
    case 'emptyAnswer':
      return l10n.t('The response was empty.');
    case 'noFinishReason':
      return l10n.t('The reply ended without a finish reason.');
    case 'eventCutOff':
      return l10n.t('The connection ended in the middle of an event.');
    case 'eventNotJson':
      return l10n.t('The server sent an event that isn’t a JSON object.');
    case 'unexpectedAnswer':
      return sentences(l10n.t('The response isn’t a model’s reply.'), status);
    case 'addressNotFound':
      return sentences(l10n.t('The server doesn’t know this address.'), status);
    case 'webPage':
      return sentences(l10n.t('The server sent a web page.'), status);
    case 'answerNotJson':
      return sentences(l10n.t('The response isn’t JSON.'), status);
    case 'noModelList':
      return l10n.t('The response isn’t a model list.');
    case 'noKeyInfo':
      return l10n.t('The response doesn’t describe the key.');
    case 'noAnswerInTime':
      return l10n.t('The server didn’t respond in time.');
    case 'requestCancelled':
      return l10n.t('The request was cancelled.');
    case 'connectionUnreadable':
      return l10n.t('The server address or its key can’t be read: {0}', detail);
    case 'internalError':
      return l10n.t('An internal error occurred: {0}', detail);
  }
}
