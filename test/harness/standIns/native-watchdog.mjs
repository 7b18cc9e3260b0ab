/*
 * Stands in for @vscode/native-watchdog, a native module that ends an extension host whose parent died while the host
 * was in an endless loop. VS Code's own timer covers every other case.
 */
export const start = () => {};
