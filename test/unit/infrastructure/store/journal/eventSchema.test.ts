import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { z } from 'zod';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { parseStoreEvents, type storeEventSchema } from '../../../../../src/infrastructure/store/journal/eventSchema';
import { anyEvent } from './anyEvents';
import { created } from '../storeEvents';

type Assignable<From, To> = [From] extends [To] ? true : false;
type Read = z.infer<typeof storeEventSchema>;
/** An event that is in the domain but not in the schema fails to compile here. */
const readIsEvent: Assignable<Read, StoreEvent> = true;
type Mutable<T> = T extends string | number
  ? T
  : T extends readonly (infer Item)[]
    ? Mutable<Item>[]
    : { -readonly [Key in keyof T]: Mutable<T[Key]> };
const eventIsRead: Assignable<Mutable<StoreEvent>, Read> = true;

describe('storeEventSchema', () => {
  it('matches the domain’s types in both directions', () => {
    assert.ok(readIsEvent && eventIsRead);
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (events) => {
        const json = JSON.stringify(events);
        assert.deepEqual(parseStoreEvents(json), { events: JSON.parse(json), unreadable: 0 });
      }),
    );
  });

  it('counts unreadable events and uses the rest', () => {
    const good = created('c1');
    const { runNumber, ...incomplete } = good;
    const json = JSON.stringify([
      good,
      { type: 'conversation.painted' },
      incomplete,
      null,
      { ...good, runNumber: runNumber + 0.5 },
    ]);
    assert.deepEqual(parseStoreEvents(json), { events: [good], unreadable: 4 });
    assert.deepEqual(parseStoreEvents('{"type":"conversation.created"}'), { events: [], unreadable: 1 });
    assert.deepEqual(parseStoreEvents('[{"type":'), { events: [], unreadable: 1 });
  });

  it('rejects amounts that are not whole nano-dollars', () => {
    for (const worstCaseNanoUsd of [0.5, 2 ** 53, '1', null]) {
      const event = {
        type: 'spend.reserved',
        reservationId: 'r',
        conversationId: 'c',
        messageId: 'm',
        model: 'x',
        worstCaseNanoUsd,
        dayUtc: '2026-11-20',
        atMs: 1,
      };
      assert.equal(parseStoreEvents(JSON.stringify([event])).unreadable, 1, String(worstCaseNanoUsd));
    }
  });
});
