import { performance } from 'node:perf_hooks';
import type { Clock } from '../../domain/ports/system';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
