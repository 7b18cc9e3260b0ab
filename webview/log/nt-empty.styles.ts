import { css } from 'lit';

export const emptyStyles = css`
  .empty {
    max-width: 62ch;
    padding: 22px var(--nt-edge) 16px;
    line-height: 1.55;
    font-size: var(--nt-text-size);
  }
  .trace {
    display: block;
    width: 100%;
    max-width: 420px;
    height: 40px;
    color: var(--nt-signal-dim);
    margin-bottom: 10px;
  }
  h2 {
    margin: 0 0 6px;
    font: 700 calc(var(--nt-size) * 1.15) / 1.3 var(--nt-font-data);
    color: var(--nt-signal);
    text-shadow: var(--nt-glow-text);
  }
  .lead {
    margin: 0;
    color: var(--nt-dim);
  }
  dl {
    margin: 16px 0 0;
    border-top: 1px solid var(--nt-rule);
  }
  dl > div {
    display: grid;
    grid-template-columns: 7.5em minmax(0, 1fr);
    align-items: baseline;
    padding: 5px 0;
    border-bottom: 1px solid var(--nt-rule);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  [data-state='missing'] dd {
    color: var(--nt-danger);
  }
  [data-state='caution'] dd {
    color: var(--nt-caution);
  }
  .label {
    margin: 20px 0 6px;
  }
  dl .label {
    margin: 0;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .example {
    display: flex;
    gap: 10px;
    width: 100%;
    padding: 5px 0;
    border-bottom: 1px solid transparent;
  }
  .example span {
    color: var(--nt-caution);
    font-weight: 700;
  }
  .example:hover {
    color: var(--nt-signal);
    border-bottom-color: var(--nt-signal-dim);
  }
  @media (min-width: 900px) {
    .empty {
      padding: 48px 36px 24px;
    }
  }
`;
