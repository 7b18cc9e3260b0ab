const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,033` */
export function formatCount(value: number): string {
  return integer.format(value);
}

/** `412 ms`, `1.24 s`, `12.4 s`, `3 m 05 s` */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`;
}

/** A running clock: tenths below ten seconds, then whole seconds, so that it ticks and does not flicker. */
export function formatElapsed(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${pad(Math.floor(seconds) % 60)} s`;
}

/** What is left of a wait: `12 s`, `3 m 05 s`, `7 h 12 m`. */
export function formatCountdown(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)} m`;
}

/** `84`, `8.4` below ten. */
export function formatRate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : integer.format(perSecond);
}

/** `6.3 %`, `14 %` from ten on. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  return percent > 0 && percent < 9.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** `14:02` */
export function formatClock(timeMs: number): string {
  const time = new Date(timeMs);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** `:11`, what a wide panel shows after {@link formatClock}. */
export function formatClockSeconds(timeMs: number): string {
  return `:${pad(new Date(timeMs).getSeconds())}`;
}

/** `2026-11-20 14:02:11` */
export function formatDateTime(timeMs: number): string {
  return `${formatDay(timeMs)} ${formatClock(timeMs)}${formatClockSeconds(timeMs)}`;
}

/** `2026-11-20` */
export function formatDay(timeMs: number): string {
  const time = new Date(timeMs);
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** `200k`, `1.05M`, `512` */
export function formatWindow(tokens: number): string {
  if (tokens >= 1_000_000) return `${trimZeros((tokens / 1_000_000).toFixed(2))}M`;
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
