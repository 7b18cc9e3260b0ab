import { css } from 'lit';

export const reasoningStyles = css`
  :host {
    display: block;
    margin: 2px 0 6px;
  }
  .toggle {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 6px;
    min-height: 20px;
    color: var(--nt-dim);
  }
  .toggle:hover {
    color: var(--nt-ink);
  }
  .toggle svg {
    width: 10px;
    height: 10px;
    transition: rotate 120ms;
  }
  .toggle[aria-expanded='true'] svg {
    rotate: 90deg;
  }
  .size::before {
    content: '·';
    margin-inline-end: 6px;
  }
  .body {
    margin-top: 4px;
    padding: 6px 10px;
    max-height: 22em;
    border-inline-start: 1px dashed var(--nt-control-rule);
    color: var(--nt-dim);
    font-size: var(--nt-data-size);
    line-height: 1.6;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
`;
