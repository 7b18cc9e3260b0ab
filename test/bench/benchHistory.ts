import { mkdirSync } from 'node:fs';
import { messageId } from '../../src/domain/ids';
import { BulkJournal } from '../faults/bulkJournal';
import { added, appended, created, ended, shell } from '../unit/infrastructure/store/storeEvents';
import type { GeneratedText } from './generatedText';

export const BENCH_MESSAGES = 100_000;
export const MESSAGES_PER_CONVERSATION = 50;
const MINUTE_MS = 60_000;

/** A year of use: conversations of 50 messages in turn, each reply stored in two pieces. @returns the texts in order. */
export function writeBenchHistory(folder: string, text: GeneratedText): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const journal = new BulkJournal(folder);
  const texts: string[] = [];
  for (let n = 0; n < BENCH_MESSAGES; n += 2) {
    const c = `c${Math.floor(n / MESSAGES_PER_CONVERSATION)}`;
    const isFirst = n % MESSAGES_PER_CONVERSATION === 0;
    const atMs = Date.parse('2026-01-01T00:00:00Z') + n * MINUTE_MS;
    const question = text.message();
    const reply = text.message();
    const half = reply.length >> 1;
    const parentId = isFirst ? null : messageId(`m${n - 1}`);
    journal.append([
      ...(isFirst ? [created(c, { runNumber: n / MESSAGES_PER_CONVERSATION + 1, atMs })] : []),
      added(c, `m${n}`, { content: question, parentId, atMs }),
      { ...shell(c, `m${n + 1}`, `m${n}`), atMs },
    ]);
    journal.append([appended(c, `m${n + 1}`, 0, reply.slice(0, half), { atMs })]);
    journal.append([appended(c, `m${n + 1}`, half, reply.slice(half), { atMs }), ended(c, `m${n + 1}`, { atMs })]);
    texts.push(question, reply);
  }
  journal.close();
  return texts;
}
