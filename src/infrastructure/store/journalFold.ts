import { JournalCursor, type JournalEnd, type JournalPosition } from './journalCursor';
import type { JournalFiles } from './journalFiles';
import type { Frame, FrameEnvelope } from './journalFrame';
import { isJournalName } from './journalName';

export interface FoldOptions {
  readonly files: JournalFiles;
  /** Where to begin in each journal, by file name; the others are read from their start. */
  readonly from: ReadonlyMap<string, JournalPosition>;
  readonly apply: (frame: Frame) => void;
  /** Called between frames; may wait to let other work of the thread run. */
  readonly pause: () => Promise<void> | undefined;
}

export interface FoldResult {
  /** Where each journal's folded part ends. */
  readonly positions: ReadonlyMap<string, JournalPosition>;
  readonly ends: ReadonlyMap<string, JournalEnd>;
}

/** The one order in which every window applies frames, whoever wrote them and whenever they were read. */
export function compareFrames(a: FrameEnvelope, b: FrameEnvelope): number {
  return a.lamport - b.lamport || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq);
}

/**
 * Applies the frames of all journals in the order of `compareFrames`. Each journal is in that order already, so
 * this merges them and holds one piece of each in memory.
 */
export async function foldJournals({ files, from, apply, pause }: FoldOptions): Promise<FoldResult> {
  const names = (await files.list()).filter(isJournalName);
  const cursors = names.map((name) => new JournalCursor(files, name, from.get(name)));
  const heads: Head[] = [];
  for (const cursor of cursors) {
    await cursor.refresh();
    await enqueue(heads, { cursor, batch: [], at: 0 });
  }
  for (let head = heads.pop(); head; head = heads.pop()) {
    const frame = head.batch[head.at];
    if (frame) apply(frame);
    await enqueue(heads, { ...head, at: head.at + 1 });
    await pause();
  }
  return {
    positions: new Map(cursors.map((cursor) => [cursor.name, cursor.position])),
    ends: new Map(cursors.map((cursor) => [cursor.name, cursor.end])),
  };
}

interface Head {
  readonly cursor: JournalCursor;
  readonly batch: readonly Frame[];
  /** Index of the next frame in `batch`. */
  readonly at: number;
}

/** Puts a journal's next frame into its place; `heads` is ordered with the earliest last. */
async function enqueue(heads: Head[], head: Head): Promise<void> {
  const next = head.at < head.batch.length ? head : { ...head, batch: await head.cursor.readBatch(), at: 0 };
  const frame = next.batch[next.at];
  if (!frame) return;
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = heads[middle]?.batch[heads[middle]?.at ?? 0];
    if (other && compareFrames(other, frame) > 0) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, next);
}
