import { setLanguage } from './shared/localization';

// Runs on import: the texts are known before the first component is defined.
setLanguage(document.documentElement.lang, document.getElementById('l10n')?.textContent ?? undefined);
