import type { JournalFiles } from '../../src/infrastructure/store/journal/files';

/** One call to the folder or to one of its files. */
export interface FileCall {
  /** From 1, over all calls. */
  readonly number: number;
  /** As the method is called: `create`, `write`, `sync`, … */
  readonly name: string;
}

export type FileFault =
  /** `none`: the call has no effect. `half`: a write put half of its bytes down. `done`: it had its whole effect and fails all the same. */
  | { readonly kind: 'fail'; readonly code: string; readonly effect: 'none' | 'half' | 'done' }
  /** A write takes at most this many bytes. */
  | { readonly kind: 'short'; readonly bytes: number };

/** What happens to a call; undefined lets it be. A promise holds the call up until it resolves. */
export type FaultPlan = (call: FileCall) => FileFault | undefined | Promise<undefined>;

export const systemError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

export const failing = (code: string, effect: 'none' | 'half' | 'done' = 'none'): FileFault => ({
  kind: 'fail',
  code,
  effect,
});

/** The folder with faults: every method of it, and of the files it opens, goes through the plan. */
export function faultyFiles(files: JournalFiles, plan: FaultPlan): JournalFiles {
  let number = 0;
  return withFaults(files, (name) => plan({ number: (number += 1), name }));
}

type Judge = (name: string) => FileFault | undefined | Promise<undefined>;
type Method = (...given: readonly unknown[]) => unknown;

/** Answers "no" instead of failing, by its own rule. */
const NEVER_FAILS = 'isOnNetwork';

/** Generic on purpose: a method that the folder gets later is counted and can fail without a word here. */
function withFaults<T extends object>(target: T, judge: Judge): T {
  return new Proxy(target, {
    get(object, key): unknown {
      const member: unknown = Reflect.get(object, key);
      if (typeof member !== 'function' || typeof key !== 'string' || key === NEVER_FAILS) return member;
      const method = member.bind(object) as Method;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        const fault = await judge(key);
        if (key === 'sync' && fault?.kind === 'fail' && fault.effect === 'none' && losesUnflushed(object))
          await object.failSync();
        const result = await called(method, given, fault);
        return isOpenFile(result) ? withFaults(result, judge) : result;
      };
    },
  });
}

interface LosesUnflushed {
  /** What a failed flush does to what was to be flushed. */
  failSync(): Promise<void>;
}

const losesUnflushed = (file: object): file is LosesUnflushed => 'failSync' in file;

async function called(method: Method, given: readonly unknown[], fault: FileFault | undefined): Promise<unknown> {
  if (fault === undefined) return method(...given);
  const [bytes, ...others] = given;
  if (fault.kind === 'short') {
    return bytes instanceof Uint8Array ? method(bytes.subarray(0, fault.bytes), ...others) : method(...given);
  }
  if (fault.effect === 'done') await method(...given);
  if (fault.effect === 'half' && bytes instanceof Uint8Array)
    await method(bytes.subarray(0, bytes.length >> 1), ...others);
  throw systemError(fault.code);
}

/** What `create` and its like return: an object with methods of its own, not data. */
const isOpenFile = (result: unknown): result is object =>
  typeof result === 'object' && result !== null && 'close' in result && typeof result.close === 'function';
