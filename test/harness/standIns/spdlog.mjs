/*
 * Stands in for @vscode/spdlog, a native module that takes 40 s to compile.
 * VS Code writes every log file through it: without it, output channels stay empty. Files don't rotate here.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

export class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = LEVELS.indexOf('info');
    this.isFormatted = true;
    mkdirSync(dirname(file), { recursive: true });
  }

  trace(message) {
    this.write(0, message);
  }
  debug(message) {
    this.write(1, message);
  }
  info(message) {
    this.write(2, message);
  }
  warn(message) {
    this.write(3, message);
  }
  error(message) {
    this.write(4, message);
  }
  critical(message) {
    this.write(5, message);
  }

  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  /** VS Code sets one pattern only, which is the one written here: local time, level, message. */
  setPattern() {
    this.isFormatted = true;
  }
  clearFormatters() {
    this.isFormatted = false;
  }
  flush() {}
  drop() {}

  write(level, message) {
    if (level < this.level) {
      return;
    }
    const text = this.isFormatted ? `${localTime(new Date())} [${LEVELS[level]}] ${message}\n` : message;
    try {
      appendFileSync(this.file, text);
    } catch {
      // A test may delete the profile while the server is shutting down.
    }
  }
}

/** @returns e.g. `2025-01-31 09:05:00.123`. */
function localTime(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1).replace('T', ' ');
}

export const version = 0;
export const setLevel = () => {};
export const setFlushOn = () => {};
export const createRotatingLogger = (_name, file) => Promise.resolve(new Logger('', '', file));
export const createAsyncRotatingLogger = createRotatingLogger;
