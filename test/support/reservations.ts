import { type Reservation, SpendBook } from '../../src/domain/budget';
import type { SpendEvent } from '../../src/domain/storeEvent';

export function bookOf(events: readonly SpendEvent[]): SpendBook {
  const book = new SpendBook();
  book.apply(events);
  return book;
}

/** State of each reservation in the budget's book, by id. */
export function reservationsIn(events: readonly SpendEvent[]): readonly Reservation[] {
  const book = bookOf(events);
  const ids = new Set(events.flatMap((event) => (event.type === 'spend.reserved' ? [event.reservationId] : [])));
  return [...ids]
    .sort()
    .map((id) => book.get(id))
    .filter((reservation) => reservation !== undefined);
}
