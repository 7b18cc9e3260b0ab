import { css } from 'lit';

/** Base styles of every component: boxes, focus, labels, plain buttons. */
export const sharedStyles = css`
  :host {
    box-sizing: border-box;
    --nt-data-size: max(10px, calc(var(--nt-size) * 0.82));
    --nt-text-size: calc(var(--nt-size) * 0.95);
    --nt-label-size: max(9.5px, calc(var(--nt-size) * 0.74));
    --nt-edge: 12px;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  ::selection {
    color: var(--nt-on-selection);
    background: var(--nt-selection);
  }
  :focus-visible {
    outline: 1px solid var(--nt-focus);
    outline-offset: 2px;
  }
  .label {
    font: 500 var(--nt-label-size) / 1.3 var(--nt-font-label);
    letter-spacing: 0.12em;
    text-transform: uppercase;
    color: var(--nt-dim);
  }
  .data {
    font-size: var(--nt-data-size);
    font-variant-numeric: tabular-nums;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    margin: 0;
    padding: 0;
    text-align: inherit;
    cursor: pointer;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .hidden-mark {
    unicode-bidi: isolate;
  }
  .hidden-mark::before {
    content: attr(data-code-point);
    padding: 0 3px;
    margin: 0 1px;
    font-size: 0.8em;
    color: var(--nt-danger);
    border: 1px solid currentColor;
  }
  .hidden-mark > span {
    display: none;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

/** Styles of the toolkit's button, with the variants `.stop` and `.quiet`, and of icon buttons. */
export const buttonStyles = css`
  vscode-button {
    color: var(--nt-signal);
    background: transparent;
    border-radius: 0;
    font-family: var(--nt-font-data);
    font-size: var(--nt-data-size);
    line-height: 1.5;
  }
  vscode-button::part(control) {
    padding: 2px 10px;
    border: 1px solid currentColor;
    font-size: inherit;
    line-height: inherit;
    letter-spacing: 0.08em;
    white-space: nowrap;
  }
  vscode-button:hover {
    color: var(--nt-on-signal);
    background: var(--nt-signal);
  }
  vscode-button:active {
    background: var(--nt-signal);
  }
  vscode-button[disabled],
  vscode-button[disabled]:hover {
    opacity: 1;
    color: var(--nt-dim);
    background: transparent;
  }
  vscode-button[disabled]::part(control) {
    border-style: dashed;
  }
  vscode-button.stop {
    color: var(--nt-danger);
  }
  vscode-button.stop:hover {
    color: var(--nt-paper);
    background: var(--nt-danger);
  }
  vscode-button.quiet {
    color: var(--nt-ink);
  }
  vscode-button.quiet::part(control) {
    border-color: var(--nt-control-rule);
    letter-spacing: 0;
  }
  vscode-button.quiet:hover {
    color: var(--nt-paper);
    background: var(--nt-ink);
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    color: var(--nt-dim);
  }
  .icon-button:hover {
    color: var(--nt-signal);
  }
  .icon-button svg {
    inline-size: 16px;
    block-size: 16px;
  }
`;

/** Thin scroll bars. */
export const scrollStyles = css`
  .scroll {
    overflow: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--nt-control-rule) transparent;
  }
`;

/** Links to another place in the panel. */
export const linkStyles = css`
  .origin-link {
    display: inline;
    color: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .origin-link:hover {
    text-decoration-thickness: 2px;
  }
`;

/** Tags of a conversation. */
export const tagStyles = css`
  .tag-chips {
    display: flex;
    gap: 5px;
    min-width: 0;
    overflow: hidden;
    line-height: 14px;
    white-space: nowrap;
    color: var(--nt-dim);
  }
  .tag-chip {
    flex: 0 1 auto;
    min-width: 3ch;
    max-width: calc(14ch + 10px);
    overflow: hidden;
    text-overflow: ellipsis;
    padding-inline: 4px;
    border: 1px solid var(--nt-rule);
  }
  .tag-more {
    flex: none;
    padding-block: 1px;
  }
`;
