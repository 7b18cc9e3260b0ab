import { css } from 'lit';

export const telemetryStyles = css`
  :host {
    display: none;
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
  @media (min-width: 900px) {
    :host {
      display: block;
    }
  }
`;
