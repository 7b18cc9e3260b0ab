import { createRequire } from 'node:module';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { type FaultPlan, type FileFault, systemError } from './faultyFiles';

type Call = (...given: readonly unknown[]) => Promise<unknown>;

const FUNCTIONS = [
  'open',
  'mkdir',
  'access',
  'readdir',
  'stat',
  'unlink',
  'rename',
  'utimes',
  'rm',
  'writeFile',
  'readFile',
  'statfs',
];
const HANDLE_METHODS = [
  'write',
  'read',
  'sync',
  'datasync',
  'truncate',
  'stat',
  'utimes',
  'writeFile',
  'readFile',
  'close',
];

/** Node's own module: what the store imports from it is looked up when it is called. */
const promises = createRequire(import.meta.url)('node:fs/promises') as Record<string, Call>;

/**
 * Runs `action` while every call of Node's file system below `folder` goes through the plan: one layer below the
 * store's own folder, so that what that layer does with a failing or short call is tested with it.
 */
export async function withSystemFaults<T>(folder: string, plan: FaultPlan, action: () => Promise<T>): Promise<T> {
  let number = 0;
  const judge = async (name: string): Promise<FileFault | undefined> => plan({ number: (number += 1), name });
  const originals = new Map(FUNCTIONS.flatMap((name) => (promises[name] ? [[name, promises[name]] as const] : [])));
  for (const [name, original] of originals) {
    promises[name] = async (...given) => {
      const [target] = given;
      if (typeof target !== 'string' || !isBelow(folder, target)) return original(...given);
      const result = await faulty(name, original, given, judge);
      return name === 'open' ? faultyHandle(result as FileHandle, judge) : result;
    };
  }
  try {
    return await action();
  } finally {
    for (const [name, original] of originals) promises[name] = original;
  }
}

const isBelow = (folder: string, target: string): boolean => target === folder || target.startsWith(folder + path.sep);

function faultyHandle(handle: FileHandle, judge: (name: string) => Promise<FileFault | undefined>): FileHandle {
  for (const name of HANDLE_METHODS) {
    const original = (Reflect.get(handle, name) as Call).bind(handle);
    Object.defineProperty(handle, name, {
      value: (...given: readonly unknown[]) => faulty(name, original, given, judge),
    });
  }
  return handle;
}

async function faulty(
  name: string,
  call: Call,
  given: readonly unknown[],
  judge: (name: string) => Promise<FileFault | undefined>,
): Promise<unknown> {
  const fault = await judge(name);
  if (fault === undefined) return call(...given);
  if (fault.kind === 'short')
    return name === 'write' || name === 'read' ? call(...shortened(given, fault.bytes)) : call(...given);
  if (fault.effect === 'half' && name === 'write') await call(...shortened(given, Number(given[2]) >> 1));
  if (fault.effect === 'done' || name === 'close') await call(...given);
  throw systemError(fault.code);
}

/** The arguments of `write(buffer, offset, length, position)` and of `read` with another length. */
function shortened([buffer, offset, length, position]: readonly unknown[], bytes: number): readonly unknown[] {
  return [buffer, offset, Math.min(Number(length), bytes), position];
}
