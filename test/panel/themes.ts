/** Colours and fonts that VS Code 1.139 sets in webviews for its default themes, reduced to what a panel uses. */
export interface Theme {
  readonly bodyClass: string;
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

const fonts = {
  '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  '--vscode-font-size': '13px',
  '--vscode-font-weight': 'normal',
  '--vscode-editor-font-family': '"Droid Sans Mono", "monospace", monospace',
  '--vscode-editor-font-size': '13px',
  '--vscode-editor-font-weight': 'normal',
};

const dark: Theme = {
  bodyClass: 'vscode-dark',
  kind: 'vscode-dark',
  variables: {
    ...fonts,
    '--vscode-foreground': '#cccccc',
    '--vscode-descriptionForeground': '#9d9d9d',
    '--vscode-errorForeground': '#f85149',
    '--vscode-focusBorder': '#0078d4',
    '--vscode-editor-background': '#1f1f1f',
    '--vscode-editor-foreground': '#cccccc',
    '--vscode-editor-selectionBackground': '#264f78',
    '--vscode-editorWarning-foreground': '#cca700',
    '--vscode-sideBar-background': '#181818',
    '--vscode-panel-border': '#2b2b2b',
    '--vscode-textLink-foreground': '#4daafc',
    '--vscode-textCodeBlock-background': '#2b2b2b',
    '--vscode-button-background': '#0078d4',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-button-border': '#ffffff12',
    '--vscode-input-background': '#313131',
    '--vscode-input-foreground': '#cccccc',
    '--vscode-scrollbarSlider-background': '#79797966',
    '--vscode-progressBar-background': '#0078d4',
    '--vscode-widget-shadow': '#0000005c',
    '--vscode-symbolIcon-keywordForeground': '#cccccc',
    '--vscode-symbolIcon-functionForeground': '#b180d7',
    '--vscode-symbolIcon-classForeground': '#ee9d28',
    '--vscode-debugTokenExpression-string': '#ce9178',
    '--vscode-debugTokenExpression-number': '#b5cea8',
  },
};

const light: Theme = {
  bodyClass: 'vscode-light',
  kind: 'vscode-light',
  variables: {
    ...fonts,
    '--vscode-foreground': '#3b3b3b',
    '--vscode-descriptionForeground': '#3b3b3b',
    '--vscode-errorForeground': '#f85149',
    '--vscode-focusBorder': '#005fb8',
    '--vscode-editor-background': '#ffffff',
    '--vscode-editor-foreground': '#3b3b3b',
    '--vscode-editor-selectionBackground': '#add6ff',
    '--vscode-editorWarning-foreground': '#bf8803',
    '--vscode-sideBar-background': '#f8f8f8',
    '--vscode-panel-border': '#e5e5e5',
    '--vscode-textLink-foreground': '#005fb8',
    '--vscode-textCodeBlock-background': '#f8f8f8',
    '--vscode-button-background': '#005fb8',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-button-border': '#0000001a',
    '--vscode-input-background': '#ffffff',
    '--vscode-input-foreground': '#3b3b3b',
    '--vscode-scrollbarSlider-background': '#64646466',
    '--vscode-progressBar-background': '#005fb8',
  },
};

const highContrast: Theme = {
  bodyClass: 'vscode-high-contrast',
  kind: 'vscode-high-contrast',
  variables: {
    ...fonts,
    '--vscode-foreground': '#ffffff',
    '--vscode-descriptionForeground': '#ffffffb3',
    '--vscode-errorForeground': '#f48771',
    '--vscode-focusBorder': '#f38518',
    '--vscode-contrastBorder': '#6fc3df',
    '--vscode-contrastActiveBorder': '#f38518',
    '--vscode-editor-background': '#000000',
    '--vscode-editor-foreground': '#ffffff',
    '--vscode-editor-selectionBackground': '#ffffff',
    '--vscode-editorWarning-foreground': '#ffd370',
    '--vscode-sideBar-background': '#000000',
    '--vscode-textLink-foreground': '#21a6ff',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-button-border': '#6fc3df',
    '--vscode-input-background': '#000000',
    '--vscode-input-foreground': '#ffffff',
    '--vscode-scrollbarSlider-background': '#6fc3df99',
    '--vscode-progressBar-background': '#6fc3df',
  },
};

const highContrastLight: Theme = {
  bodyClass: 'vscode-high-contrast-light vscode-high-contrast',
  kind: 'vscode-high-contrast-light',
  variables: {
    ...fonts,
    '--vscode-foreground': '#292929',
    '--vscode-descriptionForeground': '#292929b3',
    '--vscode-errorForeground': '#b5200d',
    '--vscode-focusBorder': '#006bbd',
    '--vscode-contrastBorder': '#0f4a85',
    '--vscode-contrastActiveBorder': '#006bbd',
    '--vscode-editor-background': '#ffffff',
    '--vscode-editor-foreground': '#292929',
    '--vscode-editor-selectionBackground': '#0f4a85',
    '--vscode-editorWarning-foreground': '#895503',
    '--vscode-sideBar-background': '#ffffff',
    '--vscode-textLink-foreground': '#0f4a85',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-button-border': '#0f4a85',
    '--vscode-input-background': '#ffffff',
    '--vscode-input-foreground': '#292929',
    '--vscode-scrollbarSlider-background': '#0f4a8566',
    '--vscode-progressBar-background': '#0f4a85',
  },
};

export const themes = { dark, light, highContrast, highContrastLight } as const;
export type ThemeName = keyof typeof themes;
