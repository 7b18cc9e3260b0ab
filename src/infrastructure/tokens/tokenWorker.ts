import { parentPort } from 'node:worker_threads';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { CountQueue, type CountRequest, type CountResult } from './countQueue';
import type { EncodingName } from './encodings';
import { TokenEncoding } from './tokenEncoding';

/** Runs on its own thread, because building an encoding takes 0.1 seconds and counting a large file longer. */

/** Work between two checks for new requests. */
const SLICE_MS = 10;

const TABLES = { o200k_base: o200k, cl100k_base: cl100k } as const;
const encodings = new Map<EncodingName, TokenEncoding>();

function encodingOf(name: EncodingName): TokenEncoding {
  const encoding = encodings.get(name) ?? new TokenEncoding(TABLES[name]);
  encodings.set(name, encoding);
  return encoding;
}

const queue = new CountQueue(encodingOf);
let isWorking = false;

function work(): void {
  const endMs = performance.now() + SLICE_MS;
  const results: CountResult[] = [];
  while (!queue.isEmpty && performance.now() < endMs) {
    const result = queue.step();
    if (result) results.push(result);
  }
  if (results.length > 0) parentPort?.postMessage(results);
  isWorking = !queue.isEmpty;
  if (isWorking) setImmediate(work);
}

parentPort?.on('message', (request: CountRequest) => {
  queue.add(request);
  if (isWorking) return;
  isWorking = true;
  setImmediate(work);
});
