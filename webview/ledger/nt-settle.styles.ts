import { css } from 'lit';

export const settleStyles = css`
  .settle {
    padding: 10px 12px;
    border: 1px solid var(--nt-rule);
    border-inline-start: 2px solid var(--nt-caution);
    background: var(--nt-raised);
    line-height: 1.6;
    white-space: normal;
  }
  h3,
  p {
    margin: 0 0 6px;
    max-width: 76ch;
  }
  .dim {
    color: var(--nt-dim);
    overflow-wrap: anywhere;
  }
  code {
    font: inherit;
    color: var(--nt-ink);
    user-select: all;
  }
  label {
    display: block;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-top: 4px;
  }
  input {
    flex: 0 1 14ch;
    min-width: 10ch;
    padding: 2px 6px;
    font: inherit;
    color: var(--nt-ink);
    background: var(--nt-paper);
    border: 1px solid var(--nt-control-rule);
    border-radius: 0;
  }
  input::placeholder {
    color: var(--nt-dim);
    opacity: 1;
  }
  .problem {
    margin: 6px 0 0;
    color: var(--nt-danger);
  }
  .problem:empty {
    display: none;
  }
`;
