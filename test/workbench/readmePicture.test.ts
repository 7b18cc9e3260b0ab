import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { Panel, type Session, aSession, pressAskChord, selectSampleFile } from './session';
import { drawn } from './waiting';

const PICTURE = path.join('out', 'pictures', 'workbench', 'readme.png');

const REPLY = `A line without \`=\` splits into one part, so \`value\` is \`undefined\` and \`value.trim()\` throws a \`TypeError\`. An empty last line is enough. Skip such lines, and split at the first sign only:

\`\`\`ts
for (const line of text.split('\\n')) {
  const at = line.indexOf('=');
  if (at < 0) continue; // nothing is assigned here
  result.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
}
\`\`\`

This also keeps a value that has an equals sign of its own.`;

/** Takes the README's picture. `NEURAL_TERMINAL_UPDATE_PICTURES=1 npm test -- workbench` replaces it. */
describe('the picture in the README', () => {
  let session: Session;
  before(async () => {
    session = await aSession({ emulator: { replyText: REPLY, tokensPerSecond: 300, timeToFirstTokenMs: 400 } });
  });
  after(() => session.dispose());

  it('shows a question about a selection and its reply with cost and tokens', async () => {
    const workbench = await session.open({ theme: 'dark', viewport: { width: 1280, height: 760 } });
    const panel = await Panel.in(workbench);
    await selectSampleFile(workbench);
    await pressAskChord(workbench);
    await panel.frame.getByRole('button', { name: /^parser\.ts:1–\d+: show what is sent$/ }).waitFor();
    const reply = await panel.ask('What happens on a line that has no equals sign?');
    assert.match(reply, /throws a TypeError/);
    await workbench.setSideBarWidth(600);
    await workbench.page.mouse.move(1000, 500);
    await drawn(workbench.page, panel.frame);
    await workbench.screenshot(PICTURE);
    if (process.env['NEURAL_TERMINAL_UPDATE_PICTURES']) await copyFile(PICTURE, path.join('media', 'panel.png'));
  });
});
