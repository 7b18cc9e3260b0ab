import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PanelPage } from './panelPage';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds wrong in the page as it is now. */
export async function axeFindings(panel: PanelPage): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await panel.page.evaluate(axeSource);
  const { violations }: { violations: AxeFinding[] } = await panel.page.evaluate(
    // Headings inside a reply are the model's; their order is not the panel's to choose.
    "axe.run(document, { rules: { 'heading-order': { enabled: false } } })",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`));
}

/** What reaches past the panel's edge, except inside boxes that scroll by themselves. */
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
