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
  .line-actions {
    position: absolute;
    inset: 6px var(--nt-edge) auto auto;
    padding-inline-start: 10px;
    background: var(--nt-paper);
    opacity: 0;
  }
  article:hover .line-actions,
  article:focus-within .line-actions {
    opacity: 1;
  }
  .line-actions button:hover,
  .line-actions button[data-done] {
    color: var(--nt-signal);
  }
  @media (hover: none) {
    .line-actions {
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
    .line-actions {
      position: static;
      background: none;
      padding: 0;
    }
  }
`;
