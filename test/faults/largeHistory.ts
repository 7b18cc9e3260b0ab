import { messageId } from '../../src/domain/ids';
import type { StoreEvent } from '../../src/domain/storeEvent';
import { added, appended, created, ended, shell } from '../unit/infrastructure/store/storeEvents';
import { BulkJournal } from './bulkJournal';

export interface LargeHistory {
  readonly messages: number;
  readonly journals: number;
  readonly bytes: number;
}

const MESSAGES_PER_CONVERSATION = 200;
const REPLY_UNITS = 800;
/** Bytes of one small frame besides its text, about. */
const FRAME_BYTES = 330;

export const conversationName = (n: number): string => `large-${n}`;
export const largeText = (n: number): string =>
  `message ${n} `.repeat(Math.ceil(REPLY_UNITS / 10)).slice(0, REPLY_UNITS);

/**
 * Writes journals as windows would. Replies come in as many pieces as it takes to fill `bytes`, because that is what makes real journals grow.
 */
export function writeLargeHistory(folder: string, { messages, journals, bytes }: LargeHistory): void {
  const piecesPerReply = Math.max(1, Math.round(((bytes / messages) * 2) / FRAME_BYTES) - 2);
  const lamport = { last: 0 };
  const writers = Array.from({ length: journals }, () => new BulkJournal(folder, lamport));
  for (let n = 0; n < messages; n += 2) {
    const conversation = Math.floor(n / MESSAGES_PER_CONVERSATION);
    const writer = writers[conversation % journals];
    for (const events of turn(n, conversation, piecesPerReply)) writer?.append(events);
  }
  for (const writer of writers) writer.close();
}

function turn(n: number, conversation: number, pieces: number): readonly (readonly StoreEvent[])[] {
  const c = conversationName(conversation);
  const reply = largeText(n + 1);
  const pieceUnits = Math.ceil(reply.length / pieces);
  const start = n % MESSAGES_PER_CONVERSATION === 0;
  const parentId = start ? null : messageId(`m${n - 1}`);
  return [
    [
      ...(start ? [created(c, { runNumber: conversation + 1 })] : []),
      added(c, `m${n}`, { content: largeText(n), parentId }),
      shell(c, `m${n + 1}`, `m${n}`),
    ],
    ...Array.from({ length: pieces }, (_, p) => [
      appended(c, `m${n + 1}`, p * pieceUnits, reply.slice(p * pieceUnits, (p + 1) * pieceUnits)),
    ]),
    [ended(c, `m${n + 1}`)],
  ];
}
