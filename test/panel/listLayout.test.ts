import assert from 'node:assert/strict';
import { HISTORY_PAGE } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { parseTags } from '../../webview/history/parseTags';
import { drawnGroups, rangeDrawn, rangeSeen, rowForKey } from '../../webview/history/rowWindow';
import {
  missingPages,
  unknownPages,
  withChange,
  withoutConversation,
  withPage,
} from '../../webview/history/archivePages';
import type { ArchivePages } from '../../webview/history/archivePages';
import { layoutList, rowAt } from '../../webview/history/listLayout';
import { history, historyEntry } from './viewFixtures';

const HEIGHTS = { row: 40, taggedRow: 60, heading: 30 };

const pagesOf = (conversations: readonly HistoryEntryView[], total = conversations.length): ArchivePages =>
  withPage(unknownPages, { offset: 0, conversations, total });
const many = (count: number, first = 0): HistoryEntryView[] =>
  Array.from({ length: count }, (_, index) => historyEntry(first + index, `Run ${first + index}`, 30));
const layoutOf = (pages: ArchivePages): ReturnType<typeof layoutList> => layoutList(pages, HEIGHTS, Date.now());

describe('pages', () => {
  it('puts pinned conversations first and groups the others by age, in the host’s order', () => {
    const { groups, rows } = layoutOf(pagesOf(history()));
    assert.deepEqual(groups, [
      { label: 'Pinned', first: 0, count: 1 },
      { label: 'Today', first: 1, count: 2 },
      { label: 'Yesterday', first: 3, count: 2 },
      { label: 'This week', first: 5, count: 1 },
      { label: 'Older', first: 6, count: 1 },
    ]);
    assert.deepEqual(
      rows.map(({ conversation }) => conversation?.id),
      ['c-5', 'c-1', 'c-2', 'c-3', 'c-4', 'c-6', 'c-7'],
    );
  });

  it('computes the position of every row from its kind', () => {
    const { rows, height } = layoutOf(pagesOf(history()));
    assert.deepEqual(
      rows.map(({ top, height: own }) => [top, own]),
      [
        [30, 60],
        [120, 60],
        [180, 40],
        [250, 40],
        [290, 60],
        [380, 40],
        [450, 40],
      ],
    );
    assert.equal(height, 490);
    for (const [topPx, index] of [
      [0, 0],
      [30, 0],
      [119, 0],
      [120, 1],
      [249, 2],
      [250, 3],
      [9999, 6],
      [-5, 0],
    ] as const)
      assert.equal(rowAt(layoutOf(pagesOf(history())), topPx), index, String(topPx));
    assert.equal(rowAt(layoutOf(unknownPages), 0), -1);
  });

  it('reserves space for rows that are not loaded, in the group before them', () => {
    const { groups, height } = layoutOf(pagesOf(many(2), 10_000));
    assert.deepEqual(groups, [{ label: 'Older', first: 0, count: 10_000 }]);
    assert.equal(height, 30 + 10_000 * 40);
  });

  it('shows no group twice when the order is not by time', () => {
    const { groups } = layoutOf(pagesOf([historyEntry(0, 'a', 30), historyEntry(1, 'b', 0), historyEntry(2, 'c', 30)]));
    assert.deepEqual(
      groups.map(({ label, count }) => [label, count]),
      [
        ['Older', 1],
        ['Today', 2],
      ],
    );
  });

  it('requests the pages of unknown places only', () => {
    const pages = pagesOf(many(HISTORY_PAGE), 3 * HISTORY_PAGE);
    assert.deepEqual(missingPages(pages, [0, HISTORY_PAGE - 1]), []);
    assert.deepEqual(missingPages(pages, [HISTORY_PAGE - 1, HISTORY_PAGE, 2 * HISTORY_PAGE + 3]), [
      HISTORY_PAGE,
      2 * HISTORY_PAGE,
    ]);
    assert.deepEqual(missingPages(pages, [-1, 3 * HISTORY_PAGE]), []);
    assert.deepEqual(missingPages(unknownPages, [0]), [0]);
  });

  it('never shows a conversation twice when it has moved between two pages', () => {
    const first = pagesOf(many(3), 6);
    const moved = withPage(first, { offset: 3, conversations: [...many(1, 2), ...many(2, 4)], total: 6 });
    const { rows } = layoutOf(moved);
    assert.deepEqual(
      rows.map(({ conversation }) => conversation?.id),
      ['c-1', 'c-2', undefined, 'c-3', 'c-5', 'c-6'],
    );
  });

  it('drops rows beyond the end of a shorter list', () => {
    assert.deepEqual(
      [...withPage(pagesOf(many(5)), { offset: 0, conversations: many(2), total: 2 }).known.keys()],
      [0, 1],
    );
  });

  it('removes a conversation and moves up the ones after it', () => {
    const pages = withoutConversation(pagesOf(many(4), 9), 'c-2');
    assert.equal(pages.total, 8);
    assert.deepEqual(
      [...pages.known].map(([place, { id }]) => [place, id]),
      [
        [0, 'c-1'],
        [1, 'c-3'],
        [2, 'c-4'],
      ],
    );
    assert.equal(withoutConversation(pages, 'c-99'), pages);
    assert.equal(withChange(pages, 'c-3', { title: 'New' }).known.get(1)?.title, 'New');
  });

  it('renders the visible rows and a few more, with their groups’ headings', () => {
    const layout = layoutOf(pagesOf(history()));
    const seen = rangeSeen(layout, 180, 100);
    assert.deepEqual(seen, { first: 2, last: 3 });
    assert.deepEqual(
      drawnGroups(layout, seen).map(({ group, rows }) => [group.label, rows.map(({ index }) => index)]),
      [
        ['Today', [2]],
        ['Yesterday', [3]],
      ],
    );
    assert.deepEqual(rangeDrawn(layout, seen), { first: 0, last: 6 });
    assert.deepEqual(
      drawnGroups(layoutOf(unknownPages), rangeDrawn(layoutOf(unknownPages), { first: -1, last: -1 })),
      [],
    );
  });

  it('moves by keys', () => {
    const layout = layoutOf(pagesOf(many(100)));
    const rows: readonly [string, number, number | null][] = [
      ['ArrowDown', 3, 4],
      ['ArrowDown', 99, 99],
      ['ArrowUp', 3, 2],
      ['ArrowUp', 0, -1],
      ['PageDown', 3, 13],
      ['PageDown', 95, 99],
      ['PageUp', 5, 0],
      ['Home', 50, 0],
      ['End', 0, 99],
      ['x', 0, null],
    ];
    for (const [key, from, to] of rows) assert.equal(rowForKey(key, from, layout, 10), to, `${key} from ${from}`);
  });
});

describe('tags as typed', () => {
  const rows: readonly [string, string[]][] = [
    ['parser, budget', ['parser', 'budget']],
    [' #sse ,, Sse, two  words ', ['sse', 'two words']],
    ['', []],
    [' , # ,', []],
    ['x'.repeat(60), ['x'.repeat(40)]],
    [
      Array.from({ length: 20 }, (_, index) => `t${index}`).join(','),
      Array.from({ length: 16 }, (_, index) => `t${index}`),
    ],
  ];
  for (const [text, tags] of rows) it(JSON.stringify(text.slice(0, 40)), () => assert.deepEqual(parseTags(text), tags));
});
