import './vscodeWords';

/** The editor's words in English, for tests of the layers that are handed them. */
export { documentWords } from '../../src/editor/words/documentText';
export { ledgerWords, panelWords } from '../../src/editor/words/panelWords';
