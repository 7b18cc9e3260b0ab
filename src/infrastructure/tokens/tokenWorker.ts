import { parentPort } from 'node:worker_threads';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import type { EncodingName } from './encodings';
import { safeCount } from './safeCount';

/** Runs on a thread of its own: building an encoder takes up to half a second, and counting can take long too. */

export interface CountJob {
  readonly job: number;
  readonly encoding: EncodingName;
  readonly texts: readonly string[];
}

export interface CountResult {
  readonly job: number;
  readonly counts: readonly number[];
}

const RANKS = { o200k_base: o200k, cl100k_base: cl100k } as const;
const encoders = new Map<EncodingName, Tiktoken>();

function encoderFor(name: EncodingName): Tiktoken {
  const known = encoders.get(name);
  if (known) return known;
  const built = new Tiktoken(RANKS[name]);
  encoders.set(name, built);
  return built;
}

parentPort?.on('message', ({ job, encoding, texts }: CountJob) => {
  const result: CountResult = { job, counts: texts.map((text) => safeCount(encoderFor(encoding), text)) };
  parentPort?.postMessage(result);
});
