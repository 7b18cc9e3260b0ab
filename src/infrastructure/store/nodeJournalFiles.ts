import { constants } from 'node:fs';
import { type FileHandle, access, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type AppendFile, type JournalFiles, systemCode } from './journalFiles';

/** Where a folder cannot be opened or flushed at all; its names are then as durable as the system makes them. */
const NO_DIRECTORY_SYNC: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/** Journals in a folder of the local file system. */
export class NodeJournalFiles implements JournalFiles {
  constructor(private readonly directory: string) {}

  async createDirectory(): Promise<void> {
    const first = await mkdir(this.directory, { recursive: true });
    if (first === undefined) return;
    // Each new folder is an entry of its parent, which has to reach the disk as well.
    for (let created = this.directory; created.length >= first.length; created = path.dirname(created)) {
      await syncFolder(path.dirname(created));
    }
  }

  async checkWritable(): Promise<void> {
    await access(this.directory, constants.W_OK);
  }

  async list(): Promise<readonly string[]> {
    try {
      return await readdir(this.directory);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async create(name: string): Promise<AppendFile> {
    return new NodeAppendFile(await open(this.pathOf(name), 'wx', 0o600));
  }

  syncDirectory(): Promise<void> {
    return syncFolder(this.directory);
  }

  remove(name: string): Promise<void> {
    return unlink(this.pathOf(name));
  }

  async size(name: string): Promise<number | undefined> {
    try {
      return (await stat(this.pathOf(name))).size;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async read(name: string, position: number, length: number): Promise<Buffer> {
    const handle = await open(this.pathOf(name), 'r');
    try {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  private pathOf(name: string): string {
    return path.join(this.directory, name);
  }
}

class NodeAppendFile implements AppendFile {
  constructor(private readonly handle: FileHandle) {}

  async write(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  truncate(length: number): Promise<void> {
    return this.handle.truncate(length);
  }

  async isLinked(): Promise<boolean> {
    return (await this.handle.stat()).nlink > 0;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for flushing; NTFS journals its names itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.has(systemCode(error))) throw error;
  } finally {
    await handle.close();
  }
}
