import type { Timers } from '../../domain/ports/system';

export const systemTimers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
