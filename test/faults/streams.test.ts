import { mistakeIn } from '../support/replyExpectation';
import { CANARY_KEY } from '../unit/infrastructure/openrouter/harness';
import { fault } from './faultReport';
import { bySize } from './faultScale';
import { ANSWERS } from './streamAnswers';
import { DIALECTS } from './streamDialects';
import { FRAMING } from './streamFraming';
import type { StreamKind } from './streamKind';
import { type Cutting, everyBytes, onceAt, playFromMemory, playOverSocket, segmentsOf } from './streamPlay';
import { SILENCE } from './streamSilence';
import { WIRE } from './streamWire';

const KINDS: readonly StreamKind[] = [...FRAMING, ...ANSWERS, ...DIALECTS];
/** Larger ones are read in a few sizes only. */
const SMALL_BYTES = 4_000;
/** The last one leaves the largest event without its line end. */
const LARGE_SIZES = [16_383, 65_536, 'data: '.length + 1024 * 1024];
const QUICK_SIZES = [1, 2, 3, 7, 61];
/** Every so many bytes the body is cut in two; the full size cuts it at each. */
const CUT_EVERY = bySize({ quick: 97, full: 1 });
const SOCKET_SIZES = bySize({ quick: [7], full: [1, 2, 3, 5, 17, 64, 251] });

const lengthOf = (kind: StreamKind): number =>
  segmentsOf(kind.body).reduce((sum, segment) => sum + (segment instanceof Uint8Array ? segment.length : 0), 0);

function cuttingsOf(kind: StreamKind): readonly (readonly [name: string, cutting: Cutting])[] {
  const length = lengthOf(kind);
  const whole = [['in one piece', everyBytes(Math.max(1, length))]] as const;
  if (length > SMALL_BYTES)
    return [...whole, ...LARGE_SIZES.map((size) => [`${size} bytes at a time`, everyBytes(size)] as const)];
  const sizes = bySize({ quick: QUICK_SIZES, full: Array.from({ length: Math.max(0, length - 1) }, (_, n) => n + 1) });
  const cuts = Array.from({ length: Math.max(0, Math.ceil(length / CUT_EVERY) - 1) }, (_, n) => (n + 1) * CUT_EVERY);
  const single = segmentsOf(kind.body).length <= 1;
  return [
    ...whole,
    ...sizes.map((size) => [`${size} bytes at a time`, everyBytes(size)] as const),
    ...(single ? cuts.map((at) => [`cut at byte ${at}`, onceAt(at)] as const) : []),
  ];
}

describe('faults: streams', () => {
  for (const [id, what, kinds] of [
    ['W1', 'broken and odd streams, read in pieces', KINDS],
    ['W2', 'silent and dripping streams by a hand-driven clock, read in pieces', SILENCE],
  ] as const) {
    fault(id, what, 20 * 60_000, async ({ tally }) => {
      for (const kind of kinds) {
        for (const [how, cutting] of cuttingsOf(kind)) {
          const play = await playFromMemory(kind, cutting);
          const mistake = play.stillWaited
            ? 'the client still waits'
            : mistakeIn(play.events, kind.expected, CANARY_KEY);
          tally.case();
          if (mistake === undefined) continue;
          tally.wrong(`${kind.name}, ${how}: ${mistake}`);
          break;
        }
      }
      tally.note(`${kinds.length} kinds of stream`);
    });
  }

  fault('W3', 'broken and odd answers over a real socket', 10 * 60_000, async ({ tally }) => {
    const timed = SILENCE.filter(
      (kind) =>
        kind.body.every((step) => typeof step !== 'object' || !('passMs' in step)) &&
        typeof kind.end === 'object' &&
        kind.end.silenceMs < 60_000,
    );
    const kinds = [
      ...WIRE.filter(({ minNode = 20 }) => Number(process.versions.node.split('.')[0]) >= minNode),
      ...KINDS,
      ...timed,
    ];
    let writes = 0;
    let reads = 0;
    for (const kind of kinds) {
      const bytes = 'wire' in kind ? Buffer.byteLength(kind.wire) : lengthOf(kind);
      // A reset before everything was read would lose some of it, and each piece might run into a limit of its own.
      const small = bytes <= SMALL_BYTES && (kind.end === undefined || kind.end === 'fin');
      for (const size of [undefined, ...(small ? SOCKET_SIZES : [])]) {
        const play = await playOverSocket(kind, size);
        const mistake = mistakeIn(play.events, kind.expected, CANARY_KEY);
        tally.case();
        if (size !== undefined) {
          writes += Math.ceil(bytes / size);
          reads += play.reads;
        }
        if (mistake !== undefined)
          tally.wrong(`${kind.name}, ${size === undefined ? 'in one write' : `${size} bytes a write`}: ${mistake}`);
      }
    }
    tally.note(`${kinds.length} kinds of answer`);
    // The kernel joins some, and a decompressor makes pieces of its own: every cut is played from memory.
    tally.note(`${writes} writes came in ${reads} reads`);
  });
});
