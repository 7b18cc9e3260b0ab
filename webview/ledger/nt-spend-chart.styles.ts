import { css } from 'lit';

export const spendChartStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 8px;
  }
  h2,
  p {
    margin: 0;
  }
  .toggle {
    padding: 0 6px;
    color: var(--nt-dim);
    border: 1px solid var(--nt-control-rule);
    line-height: 1.5;
  }
  .toggle:hover,
  .toggle[aria-pressed='true'] {
    color: var(--nt-on-signal);
    background: var(--nt-signal);
    border-color: var(--nt-signal);
  }
  .readout {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    min-height: 3.2em;
    align-content: flex-start;
    margin: 4px 0 8px;
    line-height: 1.6;
  }
  .money {
    color: var(--nt-caution);
  }
  .dim,
  .pending-text {
    color: var(--nt-dim);
  }
  .plot {
    display: flex;
    gap: 8px;
  }
  .axis {
    flex: none;
    width: 6ch;
    height: 150px;
    overflow: visible;
    font-size: var(--nt-data-size);
    fill: var(--nt-dim);
  }
  .field {
    flex: 1;
    min-width: 0;
    cursor: crosshair;
  }
  .field:focus-visible {
    outline-offset: 3px;
  }
  .bars,
  .labels {
    display: block;
    width: 100%;
    overflow: visible;
  }
  .labels {
    font-size: var(--nt-data-size);
    fill: var(--nt-dim);
  }
  .rule {
    stroke: var(--nt-rule);
    stroke-dasharray: 1 3;
  }
  .base {
    stroke: var(--nt-control-rule);
  }
  .cursor {
    fill: var(--nt-ink);
    fill-opacity: 0.1;
  }
  .settled {
    fill: var(--nt-caution);
  }
  .pending {
    stroke: var(--nt-caution);
    stroke-width: 1;
  }
  .hatch-line {
    fill: var(--nt-caution);
  }
  .limit {
    stroke: var(--nt-danger);
    stroke-dasharray: 4 3;
  }
  .limit-text {
    font-size: var(--nt-data-size);
    fill: var(--nt-danger);
    paint-order: stroke;
    stroke: var(--nt-panel);
    stroke-width: 4px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin-top: 6px;
    color: var(--nt-dim);
    line-height: 1.6;
  }
  .key {
    margin-inline-end: 6px;
    vertical-align: -1px;
  }
  .table-box {
    max-height: 232px;
    margin-top: 6px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 3px 0 3px 10px;
    text-align: end;
    font-weight: 400;
    white-space: nowrap;
    border-bottom: 1px solid var(--nt-rule);
  }
  th:first-child {
    padding-inline-start: 0;
    text-align: start;
  }
  thead th {
    color: var(--nt-dim);
  }
  @container (min-width: 420px) {
    .readout {
      min-height: 1.6em;
    }
  }
  @container (max-width: 519px) {
    .minor {
      display: none;
    }
  }
`;
