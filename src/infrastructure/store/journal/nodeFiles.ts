import { type Stats, constants } from 'node:fs';
import { type FileHandle, access, mkdir, open, readdir, rename, stat, statfs, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type AppendFile, type JournalFiles, systemCode } from './files';

/** Errors of file systems that can't flush a folder. Its names are then as durable as the system makes them. */
const NO_DIRECTORY_SYNC: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/** `f_type` of NFS, SMB (two), CIFS, 9p (including Windows drives in WSL), AFS and Ceph; see statfs(2). */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997, 0x5346414f, 0x00c36400,
]);

const isNetwork = (type: number): boolean => process.platform === 'linux' && NETWORK_FILE_SYSTEMS.has(type);

/** The store's folder in the file system. */
export class NodeJournalFiles implements JournalFiles {
  constructor(private readonly directory: string) {}

  async createDirectory(): Promise<void> {
    const first = await mkdir(this.directory, { recursive: true });
    if (first === undefined) return;
    // Each new folder is an entry in its parent, which must be flushed too.
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
    return new NodeAppendFile(await open(this.pathOf(name), 'wx', 0o600), this.pathOf(name));
  }

  syncDirectory(): Promise<void> {
    return syncFolder(this.directory);
  }

  remove(name: string): Promise<void> {
    return unlink(this.pathOf(name));
  }

  async size(name: string): Promise<number | undefined> {
    return (await this.statOf(name))?.size;
  }

  async modifiedMs(name: string): Promise<number | undefined> {
    return (await this.statOf(name))?.mtimeMs;
  }

  async touch(name: string): Promise<void> {
    const now = new Date();
    try {
      await utimes(this.pathOf(name), now, now);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await (await open(this.pathOf(name), 'a', 0o600)).close();
    }
  }

  async quarantine(name: string): Promise<void> {
    const folder = path.join(this.directory, 'quarantine');
    await mkdir(folder, { recursive: true });
    // A new name, so that earlier files are not overwritten.
    await rename(this.pathOf(name), path.join(folder, `${Date.now()}-${name}`));
  }

  async isOnNetwork(): Promise<boolean> {
    try {
      return isNetwork((await statfs(this.directory)).type);
    } catch {
      return false;
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

  private async statOf(name: string): Promise<Stats | undefined> {
    try {
      return await stat(this.pathOf(name));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  private pathOf(name: string): string {
    return path.join(this.directory, name);
  }
}

class NodeAppendFile implements AppendFile {
  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  truncate(length: number): Promise<void> {
    return this.handle.truncate(length);
  }

  /** Checks the name, because no other process creates a file with it. */
  isLinked(): Promise<boolean> {
    return access(this.path).then(
      () => true,
      () => false,
    );
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows can't open a folder for flushing. NTFS journals its names itself.
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
