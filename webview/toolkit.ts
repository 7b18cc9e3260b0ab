import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * The only place that registers toolkit components. In use: `vscode-button`, `vscode-text-field` and
 * `vscode-progress-ring`. Others violate the page's policy or have no accessible name.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeProgressRing());
}
