import assert from 'node:assert/strict';
import { fittedRange, tailRange, withEarlier, withEntry, withLater } from '../../webview/log/drawnRange';
import type { DrawnRange } from '../../webview/log/drawnRange';

describe('entries that are drawn', () => {
  const tail = tailRange(300);
  const middle: DrawnRange = { first: 100, end: 132 };
  const rows: readonly [string, DrawnRange, DrawnRange][] = [
    ['the end at first', tail, { first: 276, end: null }],
    ['all of a short conversation', tailRange(5), { first: 0, end: null }],
    ['earlier ones', withEarlier(tail), { first: 246, end: null }],
    ['earlier ones, up to the first', withEarlier({ first: 10, end: 50 }), { first: 0, end: 50 }],
    ['later ones', withLater(middle, 300), { first: 100, end: 162 }],
    ['later ones, up to the end', withLater({ first: 100, end: 280 }, 300), { first: 100, end: null }],
    ['nothing more after the end', withLater(tail, 300), tail],
    ['the same for an entry among them', withEntry(middle, 131, 300, false), middle],
    ['more for an entry near above', withEntry(middle, 90, 300, false), { first: 82, end: 132 }],
    ['more for an entry near below', withEntry(middle, 140, 300, false), { first: 100, end: 164 }],
    ['the surroundings of an entry far above', withEntry(tail, 40, 300, false), { first: 32, end: 64 }],
    [
      'the surroundings of an entry far below',
      withEntry({ first: 0, end: 30 }, 290, 300, false),
      { first: 282, end: null },
    ],
    [
      'everything up to a far entry when what is drawn must stay',
      withEntry(tail, 40, 300, true),
      { first: 32, end: null },
    ],
    ['the first entry', withEntry(tail, 0, 300, false), { first: 0, end: 24 }],
    ['the end of a branch that is shorter', fittedRange(tail, 20), { first: 0, end: null }],
    ['as before when the conversation grows', fittedRange(tail, 301), tail],
    ['up to the end when it has come nearer', fittedRange(middle, 120), { first: 100, end: null }],
  ];
  for (const [name, range, wanted] of rows) it(name, () => assert.deepEqual(range, wanted));
});
