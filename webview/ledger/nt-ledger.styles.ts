import { css } from 'lit';

export const ledgerStyles = css`
  :host {
    display: block;
    position: relative;
    height: 100vh;
    height: 100dvh;
    background: var(--nt-paper);
    /* Read by the toolkit's components. */
    --focus-border: var(--nt-focus);
    --button-border: currentColor;
    --corner-radius-round: 0;
    --ledger-edge: 12px;
  }
  /* Scan lines, visible in themes that define them. */
  :host::after {
    content: '';
    position: absolute;
    inset: 0;
    pointer-events: none;
    background: repeating-linear-gradient(to bottom, var(--nt-scanline) 0 1px, transparent 1px 3px);
  }
  main {
    height: 100%;
    overflow-y: scroll;
  }
  main:focus-visible {
    outline: none;
  }
  h1,
  h2,
  p,
  dl,
  dd {
    margin: 0;
  }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 6px 16px;
    padding: 8px var(--ledger-edge);
    background: var(--nt-paper);
    border-bottom: 1px solid var(--nt-rule);
  }
  h1 {
    font: 700 var(--nt-size) / 1.4 var(--nt-font-data);
    color: var(--nt-signal);
    text-shadow: var(--nt-glow-text);
  }
  .budget-day {
    color: var(--nt-dim);
  }
  header .link {
    margin-inline-start: auto;
  }
  .periods {
    display: flex;
    flex-wrap: wrap;
    gap: 3px 0;
  }
  .period {
    padding: 2px 8px;
    border: 1px solid var(--nt-control-rule);
    line-height: 1.5;
    white-space: nowrap;
  }
  .period + .period {
    margin-inline-start: -1px;
  }
  .period:hover {
    background: var(--nt-raised);
  }
  .period[aria-pressed='true'] {
    color: var(--nt-on-signal);
    background: var(--nt-signal);
    border-color: var(--nt-signal);
  }
  .period:focus-visible {
    position: relative;
  }
  .notices {
    display: grid;
    gap: 8px;
    padding: 10px var(--ledger-edge);
    border-bottom: 1px solid var(--nt-rule);
  }
  .notice {
    display: grid;
    gap: 6px;
    justify-items: end;
  }
  .notice nt-notice {
    justify-self: stretch;
  }
  .unread,
  .empty {
    padding: 48px var(--ledger-edge);
    text-align: center;
    color: var(--nt-dim);
    line-height: 1.6;
  }
  .empty .title {
    color: var(--nt-ink);
    margin-bottom: 6px;
  }
  .empty p {
    max-width: 60ch;
    margin-inline: auto;
  }
  .readings {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 1px;
    background: var(--nt-rule);
    border-bottom: 1px solid var(--nt-rule);
  }
  .reading {
    --level: var(--nt-caution);
    padding: 10px var(--ledger-edge) 10px;
    background: var(--nt-panel);
  }
  .reading[data-level='exhausted'] {
    --level: var(--nt-danger);
  }
  .figure {
    font-size: calc(var(--nt-size) * 1.3);
    font-weight: 700;
    line-height: 1.4;
    color: var(--level);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .pending .figure {
    font-weight: 400;
    color: var(--nt-ink);
  }
  .pending .figure[data-none] {
    color: var(--nt-dim);
  }
  .reading .note {
    color: var(--nt-dim);
    line-height: 1.5;
  }
  .meter-bar {
    display: block;
    margin: 2px 0;
    overflow: visible;
  }
  .track {
    fill: var(--nt-track);
  }
  .fill {
    fill: var(--level);
  }
  .mark {
    fill: var(--nt-danger);
  }
  .exhausted {
    color: var(--nt-danger);
  }
  .link {
    color: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .grid {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1px;
    background: var(--nt-rule);
    border-bottom: 1px solid var(--nt-rule);
  }
  .cell {
    padding: 12px var(--ledger-edge) 14px;
    background: var(--nt-panel);
  }
  .branches {
    padding: 12px var(--ledger-edge) 14px;
    border-bottom: 1px solid var(--nt-rule);
  }
  .about,
  .branches .note,
  .dim {
    color: var(--nt-dim);
  }
  .about {
    overflow-wrap: anywhere;
    line-height: 1.6;
  }
  .branches ul {
    list-style: none;
    margin: 4px 0;
    padding: 0;
  }
  .branches li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    gap: 0 16px;
    padding: 4px 0;
    line-height: 1.6;
    border-bottom: 1px solid var(--nt-rule);
  }
  .branch {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .branch:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .branch:focus-visible {
    outline-offset: -1px;
  }
  .money {
    color: var(--nt-caution);
    min-width: 8ch;
    text-align: end;
  }
  @media (min-width: 560px) {
    .readings {
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
  }
  @media (min-width: 760px) {
    :host {
      --ledger-edge: 16px;
    }
    .grid {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
    nt-spend-chart {
      grid-column: 1 / -1;
    }
  }
  @media (prefers-reduced-motion: reduce), (forced-colors: active) {
    :host::after {
      display: none;
    }
  }
`;
