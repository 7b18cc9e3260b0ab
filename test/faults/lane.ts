import { type MessageId, conversationId, messageId } from '../../src/domain/ids';
import type { ConversationStore } from '../../src/domain/ports/store';
import type { StoreEvent } from '../../src/domain/storeEvent';
import { added, appended, created, reserved, shell } from '../unit/infrastructure/store/storeEvents';

/**
 * Records that prove by themselves whether they are right. A lane is one writer that waits for each
 * acknowledgement before its next commit. Commit number n of a lane holds a question, a reservation and the next
 * piece of the lane's reply. Every text follows from its id, so that what is read back needs no second copy.
 */
export const WITNESS_CONVERSATION = conversationId('witness');

/** Units of the reply that one commit adds. */
const PIECE_UNITS = 16;

/** What one lane has tried and what was acknowledged to it. */
export class Lane {
  readonly attempted = new Set<number>();
  readonly acknowledged = new Set<number>();
  private acknowledgedUnits = 0;
  private attemptedUnits = 0;

  /** @param name without a dash, other than every other lane's. */
  constructor(readonly name: string) {}

  /** A lane of another process that printed this many acknowledgements; one more commit may be under way. */
  static observed(name: string, acknowledgements: number): Lane {
    const lane = new Lane(name);
    for (let n = 0; n < acknowledgements; n++) {
      lane.next(0);
      lane.acknowledge();
    }
    lane.next(0);
    return lane;
  }

  /** The lane as it is now, for looking at a copy of the folder made at this moment. */
  frozen(): Lane {
    const copy = new Lane(this.name);
    for (const n of this.attempted) copy.attempted.add(n);
    for (const n of this.acknowledged) copy.acknowledged.add(n);
    copy.acknowledgedUnits = this.acknowledgedUnits;
    copy.attemptedUnits = this.attemptedUnits;
    return copy;
  }

  /** Content of the next commit. @param units length of its question. */
  next(units: number): readonly StoreEvent[] {
    const n = this.attempted.size;
    this.attempted.add(n);
    this.attemptedUnits = this.acknowledgedUnits + PIECE_UNITS;
    return witnessCommit({ lane: this.name, n, units, replyOffset: this.acknowledgedUnits });
  }

  /** The commit that `next` gave last is on the disk. */
  acknowledge(): void {
    this.acknowledged.add(this.attempted.size - 1);
    this.acknowledgedUnits = this.attemptedUnits;
  }

  get replyBounds(): { readonly leastUnits: number; readonly mostUnits: number } {
    return { leastUnits: this.acknowledgedUnits, mostUnits: Math.max(this.acknowledgedUnits, this.attemptedUnits) };
  }
}

export interface WitnessCommit {
  readonly lane: string;
  readonly n: number;
  readonly units: number;
  readonly replyOffset: number;
}

export function witnessCommit({ lane, n, units, replyOffset }: WitnessCommit): readonly StoreEvent[] {
  const id = `${lane}-${n}`;
  const piece = replyText(lane, replyOffset, replyOffset + PIECE_UNITS);
  return [
    // In every commit: damage to one record must not hide the others by taking their conversation away.
    created(WITNESS_CONVERSATION),
    shell(WITNESS_CONVERSATION, replyId(lane)),
    added(WITNESS_CONVERSATION, questionId(id), { content: questionText(id, units) }),
    appended(WITNESS_CONVERSATION, replyId(lane), replyOffset, piece),
    reserved(id),
  ];
}

/** Commits the lane's next record. @returns whether it was acknowledged. A refusal must be a StoreWriteError. */
export async function commitNext(store: ConversationStore, lane: Lane, units: number): Promise<boolean> {
  try {
    await store.commit(lane.next(units));
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreWriteError') return false;
    throw error;
  }
  lane.acknowledge();
  return true;
}

const questionId = (id: string): string => `q-${id}`;
/** The lane's one reply, which never ends. */
export const replyOf = ({ name }: Lane): MessageId => messageId(replyId(name));
const replyId = (lane: string): string => `r-${lane}`;

/** Different everywhere, so that a piece from another place is noticed; holds characters of several bytes. */
export function questionText(id: string, units: number): string {
  let text = `${units}|`;
  for (let i = 0; text.length < units; i++) text += `${id}:${i} é✓ `;
  return text.slice(0, Math.max(units, `${units}|`.length));
}

/** Units `from` to `to` of the lane's endless reply: numbered blocks of eight units. */
export function replyText(lane: string, from: number, to: number): string {
  const first = Math.floor(from / 8);
  let text = '';
  for (let block = first; block * 8 < to; block++) text += `${block}${lane}`.padEnd(8, '~').slice(0, 8);
  return text.slice(from - first * 8, to - first * 8);
}
