import type { EntryView } from '../../src/protocol/views';
import { hasHidden, revealHidden } from '../shared/hiddenCharacters';
import { markHidden } from '../markdown/decorate';
import { createParser } from '../markdown/parser';
import { BOUNDARY } from './findPattern';
import { readShownText } from './shownText';

const parser = createParser();

/** The text of an entry as its nodes would show it, without drawing them. */
export function undrawnText({ role, content }: EntryView): string {
  if (role !== 'assistant') {
    if (!hasHidden(content)) return content;
    return revealHidden(content)
      .map((piece) => (piece.kind === 'text' ? piece.text : BOUNDARY))
      .join('');
  }
  // Read in a document of its own that runs and loads nothing, and never shown: the sanitiser would only cost time.
  const { body } = new DOMParser().parseFromString(parser.render(content), 'text/html');
  markHidden(body);
  return readShownText(body).text;
}
