import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { hasHidden, revealHidden } from './hiddenCharacters';

/** Plain text with a mark for each invisible character. */
export function visibleText(text: string): string | TemplateResult[] {
  if (!hasHidden(text)) return text;
  return revealHidden(text).map((piece) =>
    piece.kind === 'text'
      ? html`${piece.text}`
      : html`<span class="hidden-mark" data-code-point=${piece.label}><span>${piece.character}</span></span>`,
  );
}
