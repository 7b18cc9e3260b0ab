import './vscodeWords';

/** The editor's words in English, for tests of other layers. */
export { documentWords } from '../../src/editor/words/documentText';
export { ledgerWords, panelWords } from '../../src/editor/words/panelWords';
