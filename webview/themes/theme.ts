import type { PanelView } from '../../src/protocol/views';
import { contrastSheet } from './contrast';
import { editorSheet } from './editorTheme';
import { phosphorSheet } from './phosphor';
import { thermalSheet } from './thermal';

export type ExposureSetting = PanelView['exposure'];
export type Exposure = Exclude<ExposureSetting, 'auto'>;

/** The exposure that the setting and the classes that the editor gives the page's body ask for. */
export function resolveExposure(setting: ExposureSetting, bodyClasses: DOMTokenList | ReadonlySet<string>): Exposure {
  if (setting !== 'auto') return setting;
  const has = (name: string): boolean =>
    'contains' in bodyClasses ? bodyClasses.contains(name) : bodyClasses.has(name);
  if (has('vscode-high-contrast') || has('vscode-high-contrast-light')) return 'contrast';
  return has('vscode-light') ? 'thermal' : 'phosphor';
}

/** Gives the page its palette and keeps it right when the editor's theme or the setting changes. */
export class ExposureController {
  #setting: ExposureSetting;

  constructor(private readonly body: HTMLElement) {
    this.#setting = readSetting(body.dataset['exposureSetting']);
    document.adoptedStyleSheets.push(phosphorSheet, thermalSheet, contrastSheet, editorSheet);
    new MutationObserver(() => this.#apply()).observe(body, { attributes: true, attributeFilter: ['class'] });
    this.#apply();
  }

  set(setting: ExposureSetting): void {
    if (setting === this.#setting) return;
    this.#setting = setting;
    this.#apply();
  }

  #apply(): void {
    const exposure = resolveExposure(this.#setting, this.body.classList);
    if (this.body.dataset['exposure'] !== exposure) this.body.dataset['exposure'] = exposure;
  }
}

function readSetting(value: string | undefined): ExposureSetting {
  const settings: readonly ExposureSetting[] = ['auto', 'phosphor', 'thermal', 'contrast', 'editor'];
  return settings.find((setting) => setting === value) ?? 'auto';
}
