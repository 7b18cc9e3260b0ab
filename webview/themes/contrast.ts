import { sheet } from './sheet';

/** The editor's high-contrast colours without decoration; every surface has a border. */
export const contrastSheet = sheet(`
body[data-theme='contrast'] {
  --nt-paper: var(--vscode-editor-background);
  --nt-panel: var(--vscode-editor-background);
  --nt-raised: var(--vscode-editor-background);
  --nt-rule: var(--vscode-contrastBorder, var(--vscode-editor-foreground));
  --nt-control-rule: var(--vscode-contrastBorder, var(--vscode-editor-foreground));
  --nt-ink: var(--vscode-editor-foreground);
  --nt-dim: var(--vscode-editor-foreground);
  --nt-signal: var(--vscode-editor-foreground);
  --nt-signal-dim: var(--vscode-editor-foreground);
  --nt-on-signal: var(--vscode-editor-background);
  --nt-caution: var(--vscode-editorWarning-foreground, var(--vscode-editor-foreground));
  --nt-danger: var(--vscode-errorForeground, var(--vscode-editor-foreground));
  --nt-tint: transparent;
  --nt-track: var(--vscode-contrastBorder, var(--vscode-editor-foreground));
  --nt-focus: var(--vscode-focusBorder, var(--vscode-editor-foreground));
  --nt-selection: var(--vscode-editor-selectionBackground);
  --nt-on-selection: var(--vscode-editor-selectionForeground, var(--vscode-editor-background));
  --nt-found: transparent;
  --nt-glow: 0 0 transparent;
  --nt-glow-text: none;
  --nt-scanline: transparent;
  --nt-shadow: none;
  --nt-code-inline: var(--nt-caution);
  --nt-code-keyword: var(--vscode-editor-foreground);
  --nt-code-string: var(--nt-caution);
  --nt-code-comment: var(--vscode-editor-foreground);
  --nt-code-number: var(--nt-caution);
  --nt-code-title: var(--vscode-editor-foreground);
  --nt-code-type: var(--vscode-editor-foreground);
  --nt-code-attribute: var(--vscode-editor-foreground);
  --nt-code-added: var(--vscode-editor-foreground);
  --nt-code-removed: var(--nt-danger);
}
`);
