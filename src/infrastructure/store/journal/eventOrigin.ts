/** Where an event stands in the one order of all windows' events. */
export interface EventOrigin {
  /** The journal it comes from. */
  readonly writer: string;
  /** Of its frame; rises within a writer, so that it and the writer name one frame. */
  readonly lamport: number;
  /** Within its frame. */
  readonly index: number;
}

/**
 * Sorts as text in fold order: lamport, writer, index. Eight digits of the writer tell concurrent windows apart
 * as surely as all 32 do, and the projection keeps some of these for every message.
 */
export const stampOf = ({ writer, lamport, index }: EventOrigin): string =>
  `${lamport.toString(16).padStart(11, '0')}${writer.slice(0, 8)}${index.toString(16).padStart(4, '0')}`;

/** Sorts before every stamp: a value that any event may replace. */
export const NO_STAMP = '';
