import { css } from 'lit';

export const findStyles = css`
  :host {
    position: absolute;
    inset: 0 0 auto auto;
    z-index: 1;
    max-width: 100%;
  }
  search {
    display: flex;
    align-items: center;
    gap: 2px;
    padding: 3px 4px 3px 8px;
    background: var(--nt-panel);
    border: 1px solid var(--nt-control-rule);
    border-block-start: 0;
    border-inline-end: 0;
  }
  input {
    flex: 1 1 15em;
    min-width: 5em;
    width: 15em;
    height: 24px;
    padding: 0 6px;
    border: 1px solid var(--nt-control-rule);
    background: var(--nt-paper);
    color: var(--nt-ink);
    caret-color: var(--nt-signal);
    font: inherit;
    font-size: var(--nt-text-size);
  }
  input:focus-visible {
    outline: 1px solid var(--nt-focus);
    outline-offset: 0;
    border-color: var(--nt-focus);
  }
  input::placeholder {
    color: var(--nt-dim);
    opacity: 1;
  }
  .place {
    flex: none;
    min-width: 7.5ch;
    padding-inline: 6px;
    text-align: end;
    color: var(--nt-dim);
    white-space: nowrap;
  }
  .place[data-none='true'] {
    color: var(--nt-caution);
  }
  .icon-button {
    flex: none;
  }
`;
