import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../domain/ports/system';

/**
 * Keeps unsent text in a file. The editor saves the state of a page only when the window closes normally, so a crash
 * or a browser reload would lose it.
 */
export class DraftFile {
  private writing: Promise<void> = Promise.resolve();
  private latest: string | undefined;

  constructor(
    private readonly file: string,
    private readonly log: Logger,
  ) {}

  /** Empty if there is no draft. */
  async read(): Promise<string> {
    if (this.latest !== undefined) return this.latest;
    return readFile(this.file, 'utf8').catch(() => '');
  }

  /** Writes the newest text; intermediate versions are skipped. */
  save(text: string): void {
    this.latest = text;
    this.writing = this.writing
      .then(() => this.write(text))
      .catch((error: unknown) => this.log.warn(`cannot save the draft: ${String(error)}`));
  }

  /** Resolves when everything passed to `save` is in the file. */
  saved(): Promise<void> {
    return this.writing;
  }

  private async write(text: string): Promise<void> {
    if (text !== this.latest) return;
    await mkdir(path.dirname(this.file), { recursive: true });
    await writeFile(`${this.file}.new`, text);
    await rename(`${this.file}.new`, this.file);
  }
}
