import * as vscode from 'vscode';
import type { Disposable } from '../domain/emitter';
import type { Logger } from '../domain/ports/system';

/** Whatever looks like a key, in plain text or percent-encoded; over-redacting is the safe side. */
const SECRETS = /sk-[A-Za-z0-9_-]{8,}|sk%2D[A-Za-z0-9_%-]{8,}|(Bearer(?:\s|%20)+)[^\s"',}]+/gi;

export const redact = (text: string): string =>
  text.replace(SECRETS, (_all, scheme: string | undefined) => `${scheme ?? ''}[redacted]`);

/** The output channel "Neural Terminal". Conversations' text is never written here. */
export class OutputLog implements Logger, Disposable {
  private readonly channel = vscode.window.createOutputChannel('Neural Terminal', { log: true });

  info(message: string): void {
    this.channel.info(redact(message));
  }

  warn(message: string): void {
    this.channel.warn(redact(message));
  }

  error(message: string): void {
    this.channel.error(redact(message));
  }

  show(): void {
    this.channel.show();
  }

  dispose(): void {
    this.channel.dispose();
  }
}
