import { css } from 'lit';

export const liveStyles = css`
  .strip {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 36px;
    padding: 4px var(--nt-edge);
    border-top: 1px solid var(--nt-rule);
    background: var(--nt-panel);
  }
  .sparkline {
    flex: 1;
    min-width: 0;
    height: 22px;
    color: var(--nt-signal);
    overflow: visible;
  }
  .phase {
    flex: 1;
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    color: var(--nt-dim);
  }
  .phase > span {
    min-width: 0;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
    line-height: 1.35;
  }
  [data-phase='waiting'] .elapsed {
    color: var(--nt-caution);
  }
  vscode-progress-ring {
    flex: none;
    width: 14px;
    height: 14px;
    --progress-background: var(--nt-signal);
  }
  .rate,
  .amount,
  .elapsed {
    flex: none;
    white-space: nowrap;
  }
  .amount {
    color: var(--nt-caution);
  }
  .elapsed {
    min-width: 4ch;
    text-align: end;
    color: var(--nt-dim);
  }
  .face {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    width: auto;
    height: auto;
    text-transform: uppercase;
  }
  .face svg {
    width: 0.8em;
    height: 0.8em;
  }
  /* The entry shows the rate and the amount as well. */
  @media (max-width: 339px) {
    .rate {
      display: none;
    }
  }
  /* The phase takes a line of its own: beside the button it would be cut off. */
  @media (max-width: 319px) {
    .strip {
      flex-wrap: wrap;
      justify-content: flex-end;
      row-gap: 2px;
    }
    .phase {
      flex-basis: 100%;
    }
  }
  @media (max-width: 259px) {
    .amount {
      display: none;
    }
  }
  @media (min-width: 900px) {
    .strip {
      padding-inline: 18px;
    }
    .sparkline {
      visibility: hidden;
    }
  }
`;
