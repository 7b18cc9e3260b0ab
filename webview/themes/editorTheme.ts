import { sheet } from './sheet';

/**
 * The editor's own colours. Themes define warning and error colours for icons and squiggles; for text they are mixed
 * with the foreground until they are readable.
 */
export const editorSheet = sheet(`
body[data-theme='editor'] {
  --nt-paper: var(--vscode-editor-background);
  --nt-panel: var(--vscode-sideBar-background, var(--vscode-editor-background));
  --nt-raised: var(--vscode-textCodeBlock-background, var(--vscode-editor-background));
  --nt-rule: var(--vscode-panel-border, var(--vscode-contrastBorder, var(--vscode-editor-foreground)));
  --nt-control-rule: var(--vscode-contrastBorder, var(--vscode-descriptionForeground));
  --nt-ink: var(--vscode-editor-foreground);
  --nt-dim: var(--vscode-descriptionForeground, var(--vscode-editor-foreground));
  --nt-signal: var(--vscode-textLink-foreground, var(--vscode-editor-foreground));
  --nt-signal-dim: var(--vscode-textLink-foreground, var(--vscode-editor-foreground));
  --nt-on-signal: var(--vscode-editor-background);
  --nt-caution: color-mix(in srgb, var(--vscode-editorWarning-foreground) 55%, var(--vscode-editor-foreground));
  --nt-danger: color-mix(in srgb, var(--vscode-errorForeground) 60%, var(--vscode-editor-foreground));
  --nt-tint: transparent;
  --nt-track: var(--vscode-panel-border, var(--vscode-descriptionForeground));
  --nt-focus: var(--vscode-focusBorder);
  --nt-selection: var(--vscode-editor-selectionBackground);
  --nt-on-selection: var(--vscode-editor-selectionForeground, var(--vscode-editor-foreground));
  --nt-found: var(--vscode-editor-findMatchHighlightBackground, var(--nt-selection));
  --nt-glow: 0 0 transparent;
  --nt-glow-text: none;
  --nt-scanline: transparent;
  --nt-shadow: 8px 0 24px var(--vscode-widget-shadow, transparent);
  --nt-code-inline: var(--vscode-textPreformat-foreground, var(--nt-signal));
  --nt-code-keyword: var(--vscode-symbolIcon-keywordForeground, var(--nt-signal));
  --nt-code-string: var(--vscode-debugTokenExpression-string, var(--nt-caution));
  --nt-code-comment: var(--nt-dim);
  --nt-code-number: var(--vscode-debugTokenExpression-number, var(--nt-caution));
  --nt-code-title: var(--vscode-symbolIcon-functionForeground, var(--nt-ink));
  --nt-code-type: var(--vscode-symbolIcon-classForeground, var(--nt-ink));
  --nt-code-attribute: var(--vscode-symbolIcon-propertyForeground, var(--nt-ink));
  --nt-code-added: var(--vscode-gitDecoration-addedResourceForeground, var(--nt-signal));
  --nt-code-removed: var(--vscode-gitDecoration-deletedResourceForeground, var(--nt-danger));
}
`);
