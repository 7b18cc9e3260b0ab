import * as vscode from 'vscode';
import type { Disposable } from '../domain/emitter';
import type { Logger } from '../domain/ports/system';
import { redactKeys } from '../domain/redaction';

/** The output channel "Neural Terminal". Keys are redacted; the text of conversations must not be logged. */
export class OutputLog implements Logger, Disposable {
  private readonly channel = vscode.window.createOutputChannel('Neural Terminal', { log: true });

  info(message: string): void {
    this.channel.info(redactKeys(message));
  }

  warn(message: string): void {
    this.channel.warn(redactKeys(message));
  }

  error(message: string): void {
    this.channel.error(redactKeys(message));
  }

  show(): void {
    this.channel.show();
  }

  dispose(): void {
    this.channel.dispose();
  }
}
