import type { ImportReport } from '../../domain/incoming';
import { inline } from './markdownText';

/** What an import did, as a document: the counts, then everything that was left out and why. */
export function importReportMarkdown(source: string, { added, updated, unchanged, skipped }: ImportReport): string {
  const counts = [
    `- ${conversations(added)} added`,
    `- ${conversations(updated)} completed with messages that were missing here`,
    `- ${conversations(unchanged)} already here`,
  ];
  const rows = skipped.map(({ what, reason }) => `- **${inline(what)}:** ${inline(reason)}`);
  const left = rows.length === 0 ? ['Nothing was left out.'] : ['## Left out or changed on the way', rows.join('\n')];
  const money =
    'Imported costs are shown in their conversations. They do not count towards the budget, because nothing was spent here.';
  return `${[`# Import from ${inline(source)}`, counts.join('\n'), money, ...left].join('\n\n')}\n`;
}

const conversations = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'conversation' : 'conversations'}`;
