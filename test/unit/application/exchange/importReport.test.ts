import assert from 'node:assert/strict';
import { importReportMarkdown } from '../../../../src/application/exchange/importReport';

describe('report of an import', () => {
  it('names what was left out and why, and keeps foreign words as words', () => {
    const report = {
      added: 1,
      updated: 0,
      unchanged: 1200,
      skipped: [{ what: 'A # title\n- with <b>', reason: 'It is empty.' }],
    };
    assert.equal(
      importReportMarkdown('Roo Code', report),
      `# Import from Roo Code

- 1 conversation added
- 0 conversations completed with messages that were missing here
- 1,200 conversations already here

Imported costs are shown in their conversations. They do not count towards the budget, because nothing was spent here.

## Left out or changed on the way

- **A \\# title - with \\<b\\>:** It is empty.
`,
    );
    assert.match(importReportMarkdown('x', { ...report, skipped: [] }), /Nothing was left out\.\n$/);
  });
});
