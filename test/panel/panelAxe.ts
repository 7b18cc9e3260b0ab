import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PanelPage } from './panelPage';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * The order of headings inside a reply is up to the model. Passing rules are not collected, which took most of the
 * time.
 */
const RUN_AXE = `axe.run(document, { resultTypes: ['violations'], rules: { 'heading-order': { enabled: false } } })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + (node.failureSummary ?? ''))))`;

/** The violations that axe-core finds in the page. */
export async function axeFindings(panel: PanelPage): Promise<string[]> {
  // Evaluated by the debugger, to which the page's policy does not apply.
  if (!(await panel.page.evaluate<boolean>("'axe' in window"))) await panel.page.evaluate(axeSource);
  return panel.page.evaluate(RUN_AXE);
}

/** Elements that extend beyond the panel's edge, except inside scroll boxes. */
export const FIND_WIDE = `(() => {
  const found = document.scrollingElement.scrollWidth > innerWidth ? ['the page'] : [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const scrolls = element.closest('.code-body, .table-box, pre, svg, .visually-hidden, dialog:not([open])');
      if (scrolls === null && element.getBoundingClientRect().right > innerWidth + 1) found.push(element.localName + '.' + element.getAttribute('class'));
    }
  };
  visit(document);
  return found;
})()`;
