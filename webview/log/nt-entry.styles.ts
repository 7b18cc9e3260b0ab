import { css } from 'lit';

export const entryStyles = css`
  :host {
    display: block;
    --gutter: 3.9em;
  }
  article {
    display: grid;
    grid-template-columns: var(--gutter) minmax(0, 1fr);
    line-height: 1.55;
    font-size: var(--nt-text-size);
  }
  .gutter {
    padding: 7px 8px 7px 0;
    text-align: end;
    font-size: var(--nt-data-size);
    line-height: 1.45;
    color: var(--nt-dim);
    user-select: none;
    cursor: default;
  }
  .glyph {
    display: block;
    height: calc(var(--nt-text-size) * 1.45);
    font-size: var(--nt-text-size);
    font-weight: 700;
    color: var(--nt-caution);
  }
  [data-role='assistant'] .glyph {
    color: var(--nt-signal);
  }
  .glyph svg {
    width: 0.85em;
    height: 0.85em;
    margin-top: 0.32em;
  }
  time {
    font-size: max(9.5px, 0.94em);
    font-variant-numeric: tabular-nums;
  }
  .seconds {
    display: none;
  }
  .body {
    position: relative;
    min-width: 0;
    padding: 6px var(--nt-edge) 8px 10px;
    border-inline-start: 1px solid var(--nt-rule);
  }
  [data-role='assistant'] .body {
    background: var(--nt-tint);
  }
  .question {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  nt-attachments {
    margin-top: 5px;
  }
  nt-notice {
    margin-top: 8px;
  }
  nt-edit {
    margin: 2px 0 4px;
  }
  .none {
    margin: 0;
    color: var(--nt-dim);
    font-style: italic;
  }
  .data-line {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 10px;
    min-height: 20px;
    line-height: 20px;
    color: var(--nt-dim);
    margin-bottom: 1px;
  }
  .attempts {
    margin: 0 0 3px;
    padding: 0;
    list-style: none;
    color: var(--nt-dim);
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  .cost {
    color: var(--nt-caution);
  }
  .cost:empty {
    display: none;
  }
  .tokens svg {
    width: 0.9em;
    height: 0.9em;
    margin: 0 0.2em;
    vertical-align: -0.08em;
  }
  .caution {
    color: var(--nt-caution);
  }
  .danger {
    color: var(--nt-danger);
  }
  .wide-only {
    display: none;
  }
  .tools {
    position: absolute;
    inset: 6px var(--nt-edge) auto auto;
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0 6px;
    max-width: calc(100% - var(--nt-edge));
    margin-inline-end: -3px;
    padding-inline-start: 10px;
    line-height: 20px;
    color: var(--nt-dim);
    background: var(--nt-paper);
    opacity: 0;
  }
  [data-role='assistant'] .tools {
    background: linear-gradient(var(--nt-tint), var(--nt-tint)) var(--nt-paper);
  }
  article:hover .tools,
  article:focus-within .tools {
    opacity: 1;
  }
  .tools button {
    padding-inline: 3px;
  }
  .tools button:focus-visible {
    outline-offset: -1px;
  }
  .tools button:hover:enabled,
  .tools button[data-done] {
    color: var(--nt-signal);
  }
  .tools button:disabled {
    cursor: default;
    text-decoration: line-through;
  }
  .branches {
    display: inline-flex;
    align-items: center;
    gap: 1px;
    margin-inline-start: -5px;
    line-height: 20px;
  }
  .data-line .branches {
    align-self: center;
  }
  .question + .branches {
    margin-top: 3px;
    color: var(--nt-dim);
  }
  .branches button {
    display: grid;
    place-items: center;
    width: 20px;
    height: 20px;
  }
  .branches svg {
    width: 11px;
    height: 11px;
  }
  .branches button:hover {
    color: var(--nt-signal);
  }
  .branches [aria-disabled='true'] {
    cursor: default;
    color: var(--nt-control-rule);
  }
  /* Inherited from another conversation. */
  [data-inherited] .body {
    border-inline-start-style: dashed;
    border-inline-start-color: var(--nt-control-rule);
    background: none;
  }
  [data-inherited] .glyph {
    color: var(--nt-dim);
  }
  article:focus {
    outline: none;
  }
  article:focus-visible,
  :host([data-revealed]) article {
    outline: 1px solid var(--nt-focus);
    outline-offset: -1px;
  }
  :host([data-revealed]) article {
    animation: nt-found 1600ms ease-out;
  }
  @keyframes nt-found {
    from {
      background: var(--nt-selection);
    }
  }
  @media (hover: none) {
    .tools {
      opacity: 1;
    }
  }
  @media (min-width: 900px) {
    :host {
      --gutter: 6.4em;
    }
    .seconds,
    .wide-only {
      display: inline;
    }
    .body > * {
      max-width: 86ch;
    }
  }
  /* Here the tools fit next to the figures; a long model name shrinks. */
  @media (min-width: 1100px) {
    .data-line {
      flex-wrap: nowrap;
      white-space: nowrap;
    }
    .body > .data-line {
      max-width: none;
    }
    .data-line > * {
      flex: none;
    }
    .data-line > .model {
      flex: 0 1 auto;
      min-width: 6ch;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .data-line .tools {
      position: static;
      background: none;
      padding: 0;
    }
  }
`;
