import type { EntryView } from '../../src/protocol/views';
import { hasHidden, revealHidden } from '../shared/hiddenCharacters';
import { markHidden } from '../markdown/decorate';
import { createParser } from '../markdown/parser';
import { BOUNDARY } from './findPattern';
import { readShownText } from './shownText';

const parser = createParser();

/** The text that an entry would show, without rendering it. */
export function undrawnText({ role, content }: EntryView): string {
  if (role !== 'assistant') {
    if (!hasHidden(content)) return content;
    return revealHidden(content)
      .map((piece) => (piece.kind === 'text' ? piece.text : BOUNDARY))
      .join('');
  }
  // Parsed in an inert document that is never shown, so it need not be sanitised.
  const { body } = new DOMParser().parseFromString(parser.render(content), 'text/html');
  markHidden(body);
  return readShownText(body).text;
}
