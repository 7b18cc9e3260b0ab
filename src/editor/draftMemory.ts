import type * as vscode from 'vscode';

const DRAFT_KEY = 'draft';

/** What is typed and not sent, kept by the editor beside the panel's own memory. */
export class DraftMemory {
  constructor(private readonly memento: vscode.Memento) {}

  get text(): string {
    return this.memento.get(DRAFT_KEY, '');
  }

  save(text: string): void {
    void this.memento.update(DRAFT_KEY, text);
  }
}
