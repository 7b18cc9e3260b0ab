import assert from 'node:assert/strict';
import type { PanelView } from '../../src/protocol/views';
import { axeFindings, FIND_WIDE } from './panelAxe';
import { usePanels } from './panelSuite';
import { type Picture, pictures } from './pictures';
import { emptyView, streamingView } from './viewFixtures';
import type { ThemeName } from './themes';

const endsModal = ({ name }: Picture): boolean => name.startsWith('history') || name === 'telemetryDrawer';

/** All states are shown in one page, except those after which an open drawer covers the next. */
const picturesThatEndModal = pictures.toSorted((a, b) => Number(endsModal(a)) - Number(endsModal(b)));

describe('accessibility', () => {
  const panels = usePanels();
  const themes: readonly ThemeName[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
  const pageThemes: readonly PanelView['theme'][] = ['auto', 'editor'];

  for (const pageTheme of pageThemes) {
    for (const theme of themes) {
      it(`axe finds nothing in any state: ${theme}, page theme ${pageTheme}`, async function () {
        this.timeout(120_000);
        const panel = await panels.open({ theme, width: 420, reducedMotion: true });
        const findings: string[] = [];
        for (const picture of picturesThatEndModal) {
          await panel.show({ ...picture.view(), theme: pageTheme });
          await picture.act?.(panel);
          await panel.settle();
          findings.push(...(await axeFindings(panel)).map((finding) => `${picture.name}: ${finding}`));
        }
        assert.deepEqual(findings, []);
      });
    }
  }

  for (const theme of themes) {
    it(`axe finds nothing in the wide layout: ${theme}`, async () => {
      const panel = await panels.open({ theme, width: 1200, reducedMotion: true });
      await panel.show(streamingView());
      assert.deepEqual(await axeFindings(panel), []);
    });
  }

  it('has the names and roles that tests and screen readers rely on', async () => {
    const panel = await panels.open();
    await panel.show(streamingView());
    for (const name of ['Transmit', 'Stop', 'New conversation', 'Model', 'History']) {
      assert.equal(await panel.page.getByRole('button', { name, exact: true }).count(), 1, name);
    }
    assert.equal(await panel.page.getByRole('textbox', { name: 'Message', exact: true }).count(), 1);
    assert.equal(await panel.page.getByRole('log', { name: 'Conversation', exact: true }).count(), 1);
    assert.equal(await panel.page.getByRole('status', { name: 'Budget', exact: true }).count(), 1);
  });

  it('has each name once in the wide layout', async () => {
    const panel = await panels.open({ width: 1200 });
    await panel.show(streamingView());
    for (const name of ['Transmit', 'Stop', 'New conversation', 'Model', 'History']) {
      assert.equal(
        await panel.page.getByRole('button', { name, exact: true }).filter({ visible: true }).count(),
        1,
        name,
      );
    }
    assert.equal(await panel.page.getByRole('status', { name: 'Budget' }).filter({ visible: true }).count(), 1);
  });

  it('is reached by Tab alone, each stop with a visible ring', async () => {
    const panel = await panels.open();
    await panel.show(emptyView());
    const stops = new Set<string>();
    for (let press = 0; press < 14; press++) {
      await panel.page.keyboard.press('Tab');
      stops.add(
        await panel.page.evaluate(`(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (element === document.body) return 'body';
        const style = getComputedStyle(element);
        const field = element.closest('.field');
        const hasRing = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || (field !== null && getComputedStyle(field).boxShadow !== 'none');
        return (element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 24)) + (hasRing ? '' : ' WITHOUT RING');
      })()`),
      );
    }
    for (const wanted of ['Message', 'Transmit', 'History', 'New conversation', 'Model', 'Conversation'])
      assert.ok(stops.has(wanted), `${wanted} of ${[...stops].join(', ')}`);
    assert.deepEqual(
      [...stops].filter((stop) => stop.endsWith('WITHOUT RING')),
      [],
    );
  });

  // A sidebar of 420 px has 210 px at a zoom of 200%.
  for (const width of [210, 300, 420, 1000]) {
    it(`nothing is wider than the panel at ${width} px`, async function () {
      this.timeout(120_000);
      const panel = await panels.open({ width, height: 700, reducedMotion: true });
      const findings: string[] = [];
      for (const picture of picturesThatEndModal) {
        await panel.show(picture.view());
        await picture.act?.(panel);
        await panel.settle();
        const wide: string[] = await panel.page.evaluate(FIND_WIDE);
        findings.push(...wide.map((element) => `${picture.name}: ${element}`));
      }
      assert.deepEqual(findings, []);
    });
  }

  it('moves nothing under reduced motion', async () => {
    const panel = await panels.open({ reducedMotion: true });
    await panel.show(streamingView());
    const running = await panel.page.evaluate(
      "document.getAnimations({ subtree: true }).filter((animation) => animation.playState === 'running').length",
    );
    assert.equal(running, 0);
  });
});
