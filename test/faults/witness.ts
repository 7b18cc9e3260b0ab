import type { ConversationStore } from '../../src/domain/ports/store';
import type { FaultTally } from './faultReport';
import { type Lane, WITNESS_CONVERSATION, questionText, replyText } from './lane';

export interface WitnessReading {
  /** Records whose question was found, by lane and number. */
  readonly found: ReadonlySet<string>;
  /** Records whose reservation was found. */
  readonly reserved: ReadonlySet<string>;
  /** Length of each lane's reply in UTF-16 units. */
  readonly replyUnits: ReadonlyMap<string, number>;
}

/**
 * Reads the whole store through its public face and counts what is missing or not as it was written.
 * @param lanes every lane that has ever written into this folder.
 */
export async function checkWitnesses(
  store: ConversationStore,
  lanes: readonly Lane[],
  tally: FaultTally,
  where: string,
): Promise<WitnessReading> {
  const reading = await readWitnesses(store, lanes, tally, where);
  checkWhole(reading, lanes, (what) => tally.wrong(`${what} ${where}`));
  for (const lane of lanes) {
    tally.checked(lane.acknowledged.size);
    for (const n of lane.acknowledged) {
      if (!reading.found.has(`${lane.name}-${n}`)) tally.lost(`${lane.name}-${n} ${where}`);
    }
    const { leastUnits } = lane.replyBounds;
    if ((reading.replyUnits.get(lane.name) ?? 0) < leastUnits)
      tally.lost(
        `the reply of ${lane.name} has ${reading.replyUnits.get(lane.name) ?? 0} of ${leastUnits} units ${where}`,
      );
  }
  return reading;
}

/** What is there must be right; what is missing is the caller's matter: damaged files, windows that have not looked yet. */
export async function readWitnesses(
  store: ConversationStore,
  lanes: readonly Lane[],
  tally: FaultTally,
  where: string,
): Promise<WitnessReading> {
  const wrong = (what: string): void => tally.wrong(`${what} ${where}`);
  const messages = [...((await store.load(WITNESS_CONVERSATION))?.messages.values() ?? [])];
  const found = new Set<string>();
  const replyUnits = new Map<string, number>();
  const latest = new Map<string, number>();
  const byName = new Map(lanes.map((lane) => [lane.name, lane]));
  for (const { id, content } of messages) {
    const [kind, name = '', number = ''] = id.split('-');
    const lane = byName.get(name);
    if (!lane) wrong(`${id} was never written`);
    else if (kind === 'r') {
      if (content !== replyText(name, 0, content.length)) wrong(`the reply of ${name}`);
      if (content.length > lane.replyBounds.mostUnits) wrong(`the reply of ${name} has more than was ever written`);
      replyUnits.set(name, content.length);
    } else {
      const n = Number(number);
      if (!lane.attempted.has(n)) wrong(`${id} was never written`);
      if (content !== questionText(`${name}-${n}`, Number.parseInt(content))) wrong(`the text of ${id}`);
      if ((latest.get(name) ?? -1) >= n) wrong(`${id} stands behind a later one`);
      latest.set(name, n);
      found.add(`${name}-${n}`);
    }
  }
  return { found, replyUnits, reserved: await readReservations(store, byName, found, wrong) };
}

/** Reservations are read after the questions and without the projection: they may be ahead, never behind. */
async function readReservations(
  store: ConversationStore,
  lanes: ReadonlyMap<string, Lane>,
  found: ReadonlySet<string>,
  wrong: (what: string) => void,
): Promise<ReadonlySet<string>> {
  const ids = (await store.spendEvents()).events.flatMap((event) =>
    event.type === 'spend.reserved' ? [String(event.reservationId)] : [],
  );
  const reserved = new Set(ids.filter((id) => lanes.has(id.split('-')[0] ?? '')));
  if (new Set(ids).size !== ids.length) wrong('a reservation is reported twice');
  for (const id of found) if (!reserved.has(id)) wrong(`${id} has a question and no reservation`);
  return reserved;
}

/** A commit is complete or absent: there is a question for every reservation. */
export function checkWhole(
  { found, reserved }: WitnessReading,
  lanes: readonly Lane[],
  wrong: (what: string) => void,
): void {
  for (const { name } of lanes) {
    for (const id of reserved)
      if (id.startsWith(`${name}-`) && !found.has(id)) wrong(`${id} has a reservation and no question`);
  }
}
