import { css } from 'lit';

export const telemetryStyles = css`
  /* A drawer takes no space in the panel's grid. */
  :host {
    display: contents;
  }
  @media (min-width: 900px) {
    :host {
      display: block;
    }
  }
  dialog {
    position: fixed;
    inset: 0 0 0 auto;
    width: min(320px, calc(100vw - 28px));
    max-width: none;
    height: 100%;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-start: 1px solid var(--nt-control-rule);
    overflow: auto;
    color: var(--nt-ink);
    background: var(--nt-panel);
    box-shadow: var(--nt-shadow);
  }
  dialog[open] {
    animation: nt-slide-in 160ms ease-out;
  }
  dialog::backdrop {
    background: #00000066;
  }
  @keyframes nt-slide-in {
    from {
      transform: translateX(100%);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    dialog[open] {
      animation: none;
    }
  }
  .bar {
    display: flex;
    justify-content: flex-end;
    padding: 6px 8px 0;
  }
  .circuit {
    --mark: var(--nt-signal);
  }
  .circuit[data-state='halfOpen'] {
    --mark: var(--nt-caution);
  }
  .circuit[data-state='open'] {
    --mark: var(--nt-danger);
  }
  .state {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    color: var(--mark);
  }
  .dot {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--mark);
    forced-color-adjust: none;
  }
  section {
    padding: 14px 16px;
    border-bottom: 1px solid var(--nt-rule);
  }
  .label {
    margin: 0 0 3px;
  }
  .figure {
    display: flex;
    align-items: baseline;
    gap: 8px;
    margin: 0;
    font-size: calc(var(--nt-size) * 1.75);
    font-weight: 700;
    line-height: 1.2;
    color: var(--nt-signal);
    text-shadow: var(--nt-glow-text);
    font-variant-numeric: tabular-nums;
  }
  .cost .figure {
    color: var(--nt-caution);
    text-shadow: none;
    font-size: calc(var(--nt-size) * 1.3);
  }
  small {
    font-size: var(--nt-data-size);
    color: var(--nt-dim);
    text-shadow: none;
  }
  .note {
    margin: 3px 0 0;
    color: var(--nt-dim);
    line-height: 1.5;
  }
  .sparkline {
    display: block;
    width: 100%;
    height: 30px;
    margin-top: 6px;
    color: var(--nt-signal);
    overflow: visible;
  }
  .histogram {
    display: block;
    margin-top: 6px;
    fill: var(--nt-signal-dim);
  }
  .meter-bar {
    display: block;
    margin: 6px 0 2px;
  }
  .track {
    fill: var(--nt-track);
  }
  .fill {
    fill: var(--nt-signal-dim);
  }
`;
