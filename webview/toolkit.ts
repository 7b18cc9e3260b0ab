import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * Sole registration of toolkit components, so that leaving the toolkit means replacing this file and the tags in
 * use: `vscode-button`, `vscode-text-field` and `vscode-progress-ring`. Others break the page's policy or have no
 * accessible name of their own.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeProgressRing());
}
