import type { PanelView } from '../../src/protocol/views';
import { contrastSheet } from './contrast';
import { editorSheet } from './editorTheme';
import { phosphorSheet } from './phosphor';
import { thermalSheet } from './thermal';

export type ThemeSetting = PanelView['theme'];
export type Theme = Exclude<ThemeSetting, 'auto'>;

/** Resolves `auto` by the classes that the editor sets on the page's body. */
export function resolveTheme(setting: ThemeSetting, bodyClasses: DOMTokenList | ReadonlySet<string>): Theme {
  if (setting !== 'auto') return setting;
  const has = (name: string): boolean =>
    'contains' in bodyClasses ? bodyClasses.contains(name) : bodyClasses.has(name);
  if (has('vscode-high-contrast') || has('vscode-high-contrast-light')) return 'contrast';
  return has('vscode-light') ? 'thermal' : 'phosphor';
}

/** Applies the theme and updates it when the editor's theme or the setting changes. */
export class ThemeController {
  #setting: ThemeSetting;

  constructor(private readonly body: HTMLElement) {
    this.#setting = readSetting(body.dataset['themeSetting']);
    document.adoptedStyleSheets.push(phosphorSheet, thermalSheet, contrastSheet, editorSheet);
    new MutationObserver(() => this.#apply()).observe(body, { attributes: true, attributeFilter: ['class'] });
    this.#apply();
  }

  set(setting: ThemeSetting): void {
    if (setting === this.#setting) return;
    this.#setting = setting;
    this.#apply();
  }

  #apply(): void {
    const theme = resolveTheme(this.#setting, this.body.classList);
    if (this.body.dataset['theme'] !== theme) this.body.dataset['theme'] = theme;
  }
}

function readSetting(value: string | undefined): ThemeSetting {
  const settings: readonly ThemeSetting[] = ['auto', 'phosphor', 'thermal', 'contrast', 'editor'];
  return settings.find((setting) => setting === value) ?? 'auto';
}
