import type { Clock } from '../../../domain/ports/system';
import type { JournalCursor } from './cursor';
import type { Frame, FrameEnvelope } from './frame';

/** Folding yields to other work on the thread after this time. */
const SLICE_MS = 12;

export interface FoldOptions {
  readonly cursors: readonly JournalCursor[];
  readonly apply: (frame: Frame) => void;
  /** Called between frames. May return a promise to let other work on the thread run. */
  readonly pause: () => Promise<void> | undefined;
}

type FramePlace = Pick<FrameEnvelope, 'lamport' | 'writer' | 'seq'>;

/** Total order of the frames of all journals. */
export function compareFrames(a: FramePlace, b: FramePlace): number {
  return a.lamport - b.lamport || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq);
}

/** Position of an event in the fold order. */
export interface EventOrigin {
  /** The journal that contains the event. */
  readonly writer: string;
  /** Of the frame. Increases within a writer, so `writer` and `lamport` identify a frame. */
  readonly lamport: number;
  /** Within the frame. */
  readonly index: number;
}

/**
 * Sorts as text in fold order: lamport, writer, index. Eight digits of the writer distinguish concurrent windows as
 * reliably as all 32, and the projection stores several stamps per message.
 */
export const stampOf = ({ writer, lamport, index }: EventOrigin): string =>
  `${lamport.toString(16).padStart(11, '0')}${writer.slice(0, 8)}${index.toString(16).padStart(4, '0')}`;

/** Sorts before every stamp, so any event may replace the value. */
export const NO_STAMP = '';

/**
 * Applies the frames after the cursors in the order of `compareFrames`. Each journal is already in that order, so
 * this is a merge that holds one batch per journal in memory. @returns the number of frames.
 */
export async function foldJournals({ cursors, apply, pause }: FoldOptions): Promise<number> {
  const heads: Head[] = [];
  for (const cursor of cursors) {
    await cursor.refresh();
    await enqueue(heads, { cursor, batch: [], at: 0 });
  }
  let frames = 0;
  for (let head = heads.pop(); head; head = heads.pop()) {
    const frame = head.batch[head.at];
    if (frame) {
      apply(frame);
      frames += 1;
    }
    await enqueue(heads, { ...head, at: head.at + 1 });
    await pause();
  }
  return frames;
}

interface Head {
  readonly cursor: JournalCursor;
  readonly batch: readonly Frame[];
  /** Index of the next frame in `batch`. */
  readonly at: number;
}

/** Inserts the next frame of a journal. `heads` is sorted, earliest last. */
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

/** @returns a function that yields to other work on the thread when the time slice is used up. */
export function slices(clock: Clock): () => Promise<void> | undefined {
  let startMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - startMs < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        startMs = clock.monotonicMs();
        resolve();
      });
    });
  };
}
