import { css } from 'lit';

export const headerStyles = css`
  header {
    padding: 6px var(--nt-edge) 8px;
    border-bottom: 1px solid var(--nt-rule);
  }
  .run-line,
  .model-line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  .run {
    flex: none;
    color: var(--nt-signal);
    font-weight: 700;
    font-size: var(--nt-text-size);
    text-shadow: var(--nt-glow-text);
  }
  .title {
    flex: 1;
    min-width: 0;
    margin: 0;
    font: inherit;
    font-size: var(--nt-text-size);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .title[data-untitled] {
    white-space: normal;
  }
  .tools {
    display: flex;
    flex: none;
    gap: 2px;
    margin-inline-end: -4px;
  }
  .model-line {
    margin-top: 1px;
    justify-content: space-between;
    gap: 12px;
  }
  .cover {
    position: absolute;
    inset: 0;
  }
  .model {
    position: relative;
    flex: 1;
    display: flex;
    align-items: baseline;
    gap: 12px;
    min-width: 0;
    min-height: 20px;
    line-height: 20px;
  }
  .cover ~ span {
    position: relative;
    pointer-events: none;
  }
  .model-id {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    text-decoration: underline dotted var(--nt-control-rule);
    text-underline-offset: 4px;
  }
  .cover:hover ~ .model-id {
    color: var(--nt-signal);
    text-decoration-color: currentColor;
  }
  .price {
    flex: none;
    margin-inline-start: auto;
    color: var(--nt-dim);
    white-space: nowrap;
  }
  .context {
    flex: none;
    display: inline-flex;
  }
  .gauge .on {
    fill: var(--nt-signal-dim);
  }
  [data-level='warning'] .gauge .on {
    fill: var(--nt-caution);
  }
  [data-level='full'] .gauge .on {
    fill: var(--nt-danger);
  }
  .gauge .off {
    fill: var(--nt-track);
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    min-width: 0;
    margin-top: 3px;
    color: var(--nt-dim);
    line-height: 18px;
  }
  .mark {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
  }
  .mark svg {
    flex: none;
    width: 12px;
    height: 12px;
  }
  .mark.archived {
    color: var(--nt-caution);
  }
  .costs {
    gap: 10px;
    color: var(--nt-caution);
  }
  .marks .tag-chips {
    max-width: 100%;
  }
  .origin {
    margin: 5px 0 0;
    color: var(--nt-dim);
    overflow-wrap: anywhere;
  }
  .origin b {
    font-weight: 400;
    color: var(--nt-caution);
  }
  .key {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 6px 12px;
    margin-top: 7px;
    padding-top: 7px;
    border-top: 1px solid var(--nt-rule);
    color: var(--nt-caution);
  }
  .key span {
    flex: 1 1 14em;
    overflow-wrap: anywhere;
  }
  @media (min-width: 900px) {
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      column-gap: 24px;
      padding: 8px 18px;
    }
    .run-line {
      display: contents;
    }
    .model-line {
      flex: 0 1 auto;
      margin: 0;
    }
    .tools {
      order: 1;
    }
    /* In a wide panel, telemetry has a column. */
    [data-part='telemetry'] {
      display: none;
    }
    .marks {
      order: 2;
      flex: 1 0 100%;
      margin-top: 2px;
    }
    /* In a wide panel, the telemetry column shows it. */
    .costs {
      display: none;
    }
    .origin,
    .key {
      order: 2;
      flex: 1 0 100%;
      margin-top: 4px;
    }
  }
`;
