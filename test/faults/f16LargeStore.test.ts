import { readdirSync, statSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { conversationId, messageId } from '../../src/domain/ids';
import { openStoreWithProjection, withFolder } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize, wholeNumber } from './faultScale';
import { conversationName, largeText, writeLargeHistory } from './largeHistory';

const MEGABYTE = 1024 * 1024;
const MESSAGES = bySize({ quick: 4_000, full: 100_000 });
const JOURNAL_MB = wholeNumber('NEURAL_TERMINAL_FAULT_JOURNAL_MB', bySize({ quick: 20, full: 1000 }));
const MESSAGES_PER_CONVERSATION = 200;
/** With a snapshot; only the full size says something about it. */
const OPEN_LIMIT_MS = 1_500;
const MEMORY_LIMIT_MB = 1_500;

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);

/** Looks at some of the messages; all of them are counted. */
async function checkContent(
  store: ReturnType<typeof openStoreWithProjection>['store'],
  tally: FaultTally,
  where: string,
): Promise<void> {
  const conversations = MESSAGES / MESSAGES_PER_CONVERSATION;
  if ((await store.countConversations()) !== conversations)
    tally.lost(`conversations: ${await store.countConversations()} of ${conversations} ${where}`);
  for (let c = 0; c < conversations; c += bySize({ quick: 4, full: 20 })) {
    const messages = (await store.load(conversationId(conversationName(c))))?.messages;
    for (let n = c * MESSAGES_PER_CONVERSATION; n < (c + 1) * MESSAGES_PER_CONVERSATION; n++) {
      const message = messages?.get(messageId(`m${n}`));
      tally.checked(1);
      if (!message) tally.lost(`m${n} ${where}`);
      else if (message.content !== largeText(n) || message.state !== 'complete') tally.wrong(`m${n} ${where}`);
    }
  }
}

/** @returns milliseconds until the list of conversations was there. */
async function opened(
  folder: string,
  tally: FaultTally,
  where: string,
  then: (window: ReturnType<typeof openStoreWithProjection>) => Promise<void>,
): Promise<number> {
  const window = openStoreWithProjection(folder);
  const startMs = performance.now();
  await window.store.conversations({ limit: 50 });
  const tookMs = performance.now() - startMs;
  await checkContent(window.store, tally, where);
  await then(window);
  await window.store.close();
  tally.case();
  return tookMs;
}

describe('faults: large stores', () => {
  fault('F16', 'many messages and big journals', 1_800_000, async ({ tally, skip }) => {
    await withFolder(async (folder) => {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < JOURNAL_MB * MEGABYTE * 2)
        skip(`the disk has no room for ${JOURNAL_MB} MB of journals twice`);
      writeLargeHistory(folder, { messages: MESSAGES, journals: 4, bytes: JOURNAL_MB * MEGABYTE });
      const journalMb = Math.round(bytesIn(folder) / MEGABYTE);
      const coldMs = await opened(folder, tally, 'folded from the start', ({ projection }) => projection.save());
      const warmMs = await opened(folder, tally, 'with a snapshot', () => Promise.resolve());
      const memoryMb = Math.round(process.memoryUsage().rss / MEGABYTE);
      tally.note(
        `${MESSAGES} messages, ${journalMb} MB of journals: ${Math.round(coldMs)} ms folded, ${Math.round(warmMs)} ms with a snapshot, ${memoryMb} MB of memory`,
      );
      if (warmMs > bySize({ quick: Infinity, full: OPEN_LIMIT_MS }))
        tally.wrong(`opening with a snapshot takes ${Math.round(warmMs)} ms instead of ${OPEN_LIMIT_MS} ms`);
      if (memoryMb > bySize({ quick: Infinity, full: MEMORY_LIMIT_MB }))
        tally.wrong(`${memoryMb} MB of memory instead of ${MEMORY_LIMIT_MB} MB`);
    });
  });
});
