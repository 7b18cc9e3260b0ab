import assert from 'node:assert/strict';
import { fakeEditor } from '../../support/vscodeShim';
import { confirmAndOpenLink } from '../../../src/editor/links';

/** Lines of the dialog's details after the address: the warnings. */
const warnings = (): number => (fakeEditor.messages[0]?.options.detail ?? '').split('\n\n').length - 1;

describe('links of a reply', () => {
  beforeEach(() => fakeEditor.reset());

  /** Opens a link and takes the dialog's only choice. */
  async function confirmed(href: string): Promise<void> {
    await confirmAndOpenLink(href);
    const label = fakeEditor.messages[0]?.choices[0];
    fakeEditor.reset();
    fakeEditor.answers.push(label);
    await confirmAndOpenLink(href);
  }

  const opened: readonly (readonly [href: string, target: string, warnings: number])[] = [
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d', 0],
    ['http://example.org', 'http://example.org/', 0],
    ['HTTPS://EXAMPLE.ORG/Path', 'https://example.org/Path', 0],
    ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 1],
    ['https://user:secret@evil.example/', 'https://user:secret@evil.example/', 1],
    ['https://еxample.org/', 'https://xn--xample-2of.org/', 1],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/', 1],
    ['http://[::1]/', 'http://[::1]/', 1],
    ['http://2130706433/', 'http://127.0.0.1/', 1],
    [`https://example.org/?q=${'x'.repeat(198)}`, `https://example.org/?q=${'x'.repeat(198)}`, 1],
    [`https://example.org/?q=${'x'.repeat(197)}`, `https://example.org/?q=${'x'.repeat(197)}`, 0],
    [`http://u@1.2.3.4/?${'x'.repeat(300)}`, `http://u@1.2.3.4/?${'x'.repeat(300)}`, 3],
  ];
  for (const [href, target, expected] of opened) {
    it(`shows ${href.slice(0, 60)} with ${expected} warnings and opens it after confirmation`, async () => {
      await confirmed(href);
      const [message, ...others] = fakeEditor.messages;
      assert.deepEqual(others, []);
      assert.equal(message?.options.modal, true);
      assert.ok(message?.options.detail?.startsWith(target), message?.options.detail);
      assert.ok(message?.text.includes(new URL(target).host), message?.text);
      assert.equal(warnings(), expected);
      assert.deepEqual(
        fakeEditor.openedLinks.map((link) => new URL(link).href),
        [target],
      );
    });
  }

  it('opens nothing when the dialog is dismissed', async () => {
    await confirmAndOpenLink('https://example.org/');
    assert.equal(fakeEditor.messages.length, 1);
    assert.deepEqual(fakeEditor.openedLinks, []);
  });

  const refused = [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>',
    'command:workbench.action.quit',
    'vscode://publisher.extension/path',
    'mailto:a@example.org',
    'ftp://example.org/',
    '//example.org/',
    '/etc/passwd',
    'example.org',
    'https://',
    '',
  ];
  for (const href of refused) {
    it(`refuses “${href}” with a notice that offers nothing`, async () => {
      await confirmAndOpenLink(href);
      assert.deepEqual(
        fakeEditor.messages.map(({ severity, choices }) => [severity, choices.length]),
        [['warning', 0]],
      );
      assert.deepEqual(fakeEditor.openedLinks, []);
    });
  }
});
