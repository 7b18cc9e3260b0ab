import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Receives lines about what the harness does. */
export type Log = (line: string) => void;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Receives every output line; without it the output is kept for the error message only. */
  readonly onLine?: Log;
  /** The program is killed after this time. No limit when absent. */
  readonly timeoutMs?: number;
}

const REMEMBERED_LINES = 40;

/**
 * Runs a program to its end.
 * @throws Error naming the command, its exit code and its last 40 output lines.
 */
export function runToEnd(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const tail: string[] = [];
    forEachLine(child, (line) => {
      tail.push(line);
      if (tail.length > REMEMBERED_LINES) {
        tail.shift();
      }
      options.onLine?.(line);
    });
    const title = [command, ...args].join(' ');
    child.once('error', (error) => reject(new Error(`cannot run "${title}": ${error.message}`)));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) {
        resolve();
        return;
      }
      reject(new Error(`"${title}" ended with ${signal ?? `exit code ${code}`}\n${tail.join('\n')}`));
    });
  });
}

/** Calls `onLine` for every line the child prints on stdout or stderr. */
export function forEachLine(child: ChildProcess, onLine: Log): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', onLine);
    }
  }
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly commandLine: string;
}

/** All processes below `rootPid`, parents before children. The root itself is not in the list. */
export function descendantsOf(rootPid: number): ProcessInfo[] {
  const all = listProcesses();
  const found: ProcessInfo[] = [];
  let parents = new Set([rootPid]);
  while (parents.size > 0) {
    const children = all.filter((candidate) => parents.has(candidate.parentPid));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

function listProcesses(): ProcessInfo[] {
  return process.platform === 'linux' ? listFromProc() : listFromPs();
}

function listFromProc(): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) {
      continue;
    }
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The program's name may contain spaces and brackets, so fields are counted from the last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') {
        continue;
      }
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
      found.push({ pid: Number(name), parentPid: Number(fields[1]), commandLine });
    } catch {
      // The process ended between the two reads.
    }
  }
  return found;
}

function listFromPs(): ProcessInfo[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parentPid: Number(match[2]), commandLine: match[3] ?? '' }] : [];
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const ownedGroups = new Set<number>();
let exitHooksInstalled = false;

/**
 * Remembers a child that was started with `detached: true`, so that its tree dies with this process
 * even on Ctrl+C or an uncaught error.
 */
export function ownProcessGroup(child: ChildProcess): void {
  if (child.pid !== undefined) {
    ownedGroups.add(child.pid);
    installExitHooks();
  }
}

function installExitHooks(): void {
  if (exitHooksInstalled) {
    return;
  }
  exitHooksInstalled = true;
  process.once('exit', killOwnedGroups);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      // A program with its own handler (npm start, mocha) exits by itself; the exit hook still cleans up.
      if (process.listenerCount(signal) === 1) {
        process.exit(code);
      }
    });
  }
}

function killOwnedGroups(): void {
  for (const pid of ownedGroups) {
    killTreeNow(pid);
  }
}

/** Kills a process group and all descendants of its leader. Never throws. */
function killTreeNow(pid: number): void {
  const pids = descendantsOf(pid).map((descendant) => descendant.pid);
  for (const target of [-pid, ...pids]) {
    kill(target, 'SIGKILL');
  }
}

/**
 * Ends an owned process group with SIGTERM, so that extension hosts can flush, then with SIGKILL.
 * @param graceMs longest time between SIGTERM and SIGKILL.
 * @param deservesGrace which descendants to wait for besides the leader; all when absent.
 */
export async function endProcessGroup(
  child: ChildProcess,
  graceMs: number,
  deservesGrace: (descendant: ProcessInfo) => boolean = () => true,
): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  const descendants = descendantsOf(pid);
  const awaited = [pid, ...descendants.filter(deservesGrace).map((descendant) => descendant.pid)];
  const deadline = Date.now() + graceMs;
  if (graceMs > 0) {
    kill(pid, 'SIGTERM');
  }
  while (Date.now() < deadline && awaited.some(isAlive)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  killTreeNow(pid);
  for (const orphan of descendants) {
    kill(orphan.pid, 'SIGKILL');
  }
  ownedGroups.delete(pid);
}

/** Does nothing when the process has already ended. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended by itself.
  }
}
