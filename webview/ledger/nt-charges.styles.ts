import { css } from 'lit';

export const chargesStyles = css`
  :host {
    display: block;
    padding: 12px var(--ledger-edge) 24px;
  }
  h2,
  p {
    margin: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 6px 12px;
  }
  .total {
    margin-inline-start: 8px;
    text-transform: none;
    letter-spacing: 0;
    font-family: var(--nt-font-data);
  }
  .filters {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 6px 16px;
    align-items: end;
    margin: 8px 0 12px;
  }
  .choice {
    display: grid;
    min-width: 0;
    gap: 2px;
  }
  select {
    min-width: 0;
    width: 100%;
    padding: 3px 4px;
    font: inherit;
    color: var(--nt-ink);
    background: var(--nt-paper);
    border: 1px solid var(--nt-control-rule);
    border-radius: 0;
    text-overflow: ellipsis;
  }
  .only {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 3px 0;
    white-space: nowrap;
  }
  input[type='checkbox'] {
    width: 14px;
    height: 14px;
    margin: 0;
    accent-color: var(--nt-signal);
  }
  .none,
  .missing,
  .provider,
  .title,
  .source {
    color: var(--nt-dim);
  }
  .none {
    padding: 20px 0;
    line-height: 1.6;
  }
  .link,
  .settle {
    color: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .open {
    color: var(--nt-signal);
    white-space: nowrap;
  }
  .open:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .money {
    color: var(--nt-caution);
    white-space: nowrap;
  }
  [data-state='pending'] .money,
  [data-state='running'] .money {
    color: var(--nt-ink);
  }
  [data-state='pending'] .mark {
    color: var(--nt-caution);
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pager {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 8px 16px;
    margin-top: 12px;
    color: var(--nt-dim);
  }
  vscode-button[aria-disabled='true'],
  vscode-button[aria-disabled='true']:hover {
    color: var(--nt-dim);
    background: transparent;
  }
  vscode-button[aria-disabled='true']::part(control) {
    border-style: dashed;
    cursor: default;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    line-height: 1.6;
  }
  th {
    font-weight: 400;
    text-align: start;
    color: var(--nt-dim);
    white-space: nowrap;
  }
  th,
  td {
    padding: 4px 16px 4px 0;
    vertical-align: baseline;
    border-bottom: 1px solid var(--nt-rule);
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 0;
  }

  /* In a narrow page each charge is a block of three lines. */
  @media (max-width: 759px) {
    table,
    tbody,
    thead {
      display: block;
    }
    thead {
      position: absolute;
      clip-path: inset(50%);
      width: 1px;
      height: 1px;
      overflow: hidden;
    }
    tr {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 12px;
      padding: 6px 0;
      border-bottom: 1px solid var(--nt-rule);
    }
    td {
      padding: 0;
      border: 0;
      min-width: 0;
    }
    .time {
      grid-area: 1 / 1;
      color: var(--nt-dim);
    }
    .cost {
      grid-area: 1 / 2;
      text-align: end;
    }
    .run {
      grid-area: 2 / 1 / 3 / 3;
      display: flex;
      gap: 8px;
    }
    .title {
      min-width: 0;
    }
    .model {
      grid-area: 3 / 1;
      display: flex;
      gap: 8px;
    }
    .provider {
      flex: 0 1 auto;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .tokens {
      grid-area: 3 / 2;
      text-align: end;
      white-space: nowrap;
    }
    .source {
      grid-area: 4 / 1 / 5 / 3;
      display: flex;
      flex-wrap: wrap;
      gap: 0 10px;
    }
    .settle {
      margin-inline-start: auto;
    }
    .settling td {
      grid-column: 1 / -1;
    }
  }
  @media (min-width: 560px) {
    .filters {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
    }
  }
  @media (min-width: 760px) {
    .unit {
      display: none;
    }
    table {
      table-layout: fixed;
    }
    th.time {
      width: 20ch;
    }
    th.tokens {
      width: 20ch;
    }
    th.cost {
      width: 15ch;
    }
    th.source {
      width: 23ch;
    }
    .cut,
    .provider,
    .by,
    .settle {
      display: block;
    }
    .provider {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    th.tokens,
    th.cost,
    td.tokens,
    td.cost {
      text-align: end;
    }
    td.time,
    td.tokens {
      white-space: nowrap;
    }
    .settling td {
      padding-block: 8px;
    }
  }
`;
