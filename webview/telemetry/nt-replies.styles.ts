import { css } from 'lit';

export const repliesStyles = css`
  :host {
    display: block;
  }
  section {
    padding: 14px 16px;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 2px 10px;
  }
  .label {
    margin: 0 0 3px;
  }
  h3.label {
    margin-top: 10px;
  }
  .scopes {
    display: flex;
    gap: 10px;
  }
  .scopes button {
    color: var(--nt-dim);
    border-bottom: 1px solid transparent;
    min-height: 24px;
  }
  .scopes button[aria-pressed='true'] {
    color: var(--nt-signal);
    border-bottom-color: currentColor;
  }
  .note,
  .bounds {
    margin: 3px 0 0;
    color: var(--nt-dim);
    line-height: 1.5;
  }
  .bounds {
    display: flex;
    justify-content: space-between;
    margin-top: 0;
  }
  .ended {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 2px 16px;
    margin: 6px 0 0;
  }
  .ended > div,
  .failures li {
    display: flex;
    justify-content: space-between;
    gap: 8px;
  }
  dt,
  dd {
    margin: 0;
  }
  dt {
    color: var(--nt-dim);
  }
  dd {
    color: var(--nt-ink);
  }
  [data-state='complete'] dd {
    color: var(--nt-signal);
  }
  [data-state='failed']:not([data-none]) dd {
    color: var(--nt-danger);
  }
  [data-state='interrupted']:not([data-none]) dd {
    color: var(--nt-caution);
  }
  .histogram {
    display: block;
    margin-top: 6px;
    fill: var(--nt-signal-dim);
  }
  .failures {
    margin: 3px 0 0;
    padding: 0;
    list-style: none;
    line-height: 1.5;
  }
  .counts {
    flex: none;
    color: var(--nt-dim);
  }
`;
