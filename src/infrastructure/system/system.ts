import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, IdSource, Timers } from '../../domain/ports/system';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export const systemTimers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** 122 random bits in 32 hex digits, so ids never collide between windows or machines. */
export const randomIds: IdSource = { next: () => randomUUID().replaceAll('-', '') };
