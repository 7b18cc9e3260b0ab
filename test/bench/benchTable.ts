import type { Measured } from './measure';

export interface BenchRow {
  readonly what: string;
  readonly ours: Measured;
  /** Who else does it, and how long they take in the same run. */
  readonly peer?: { readonly name: string; readonly measured: Measured };
  readonly goal?: BenchGoal;
}

/** Every limit that is given has to hold. */
export interface BenchGoal {
  readonly atMostMs?: number;
  /** Ours divided by the peer's. */
  readonly atMostRatio?: number;
}

const HEAD = ['what', 'ours', 'peer', 'ratio', 'goal', 'met?'];

/** Medians; in brackets what a tenth of the runs was below and a tenth above. */
export function benchTable(rows: readonly BenchRow[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}

/** Undefined where there is no goal. */
export function isMet({ ours, peer, goal }: BenchRow): boolean | undefined {
  if (!goal) return undefined;
  const ratio = peer ? ours.medianMs / peer.measured.medianMs : undefined;
  return (
    ours.medianMs <= (goal.atMostMs ?? Infinity) &&
    (goal.atMostRatio === undefined || (ratio !== undefined && ratio <= goal.atMostRatio))
  );
}

function cellsOf(row: BenchRow): readonly string[] {
  const { what, ours, peer } = row;
  const ratio = peer ? `${(ours.medianMs / peer.measured.medianMs).toFixed(2)} ×` : '';
  const met = isMet(row);
  return [
    what,
    inWords(ours),
    peer ? `${inWords(peer.measured)} ${peer.name}` : '',
    ratio,
    goalInWords(row.goal),
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

const inWords = ({ medianMs, spreadMs: [low, high], runs }: Measured): string =>
  runs === 1 ? `${ms(medianMs)} ms (once)` : `${ms(medianMs)} ms (${ms(low)}–${ms(high)})`;

const ms = (value: number): string =>
  value < 10 ? value.toFixed(3) : value < 100 ? value.toFixed(1) : value.toFixed(0);

function goalInWords(goal: BenchGoal = {}): string {
  const parts = [
    goal.atMostMs === undefined ? '' : `≤ ${goal.atMostMs} ms`,
    goal.atMostRatio === undefined ? '' : `≤ ${goal.atMostRatio} ×`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
