import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../domain/ports/system';

/**
 * What is typed and not sent, in a file of its own: the editor's own memory of a page is written when the window
 * closes in peace, which a crash or a reload of the browser does not wait for.
 */
export class DraftFile {
  private writing: Promise<void> = Promise.resolve();
  private latest: string | undefined;

  constructor(
    private readonly file: string,
    private readonly log: Logger,
  ) {}

  /** Empty when there is none. */
  async read(): Promise<string> {
    if (this.latest !== undefined) return this.latest;
    return readFile(this.file, 'utf8').catch(() => '');
  }

  /** The newest text wins; what came in between is not written. */
  save(text: string): void {
    this.latest = text;
    this.writing = this.writing
      .then(() => this.write(text))
      .catch((error: unknown) => this.log.warn(`the draft could not be saved: ${String(error)}`));
  }

  /** Resolves when everything given so far is in the file. */
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
