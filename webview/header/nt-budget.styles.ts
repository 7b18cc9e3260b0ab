import { css } from 'lit';

export const budgetStyles = css`
  .budget {
    --level: var(--nt-caution);
    background: var(--nt-panel);
    border-top: 1px solid var(--nt-rule);
  }
  .budget[data-level='exhausted'] {
    --level: var(--nt-danger);
  }
  button {
    display: block;
    width: 100%;
    padding: 8px var(--nt-edge) 4px;
  }
  button:focus-visible {
    outline-offset: -3px;
  }
  .head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 8px;
  }
  .wide {
    display: none;
  }
  .figures {
    white-space: nowrap;
  }
  .spent {
    color: var(--level);
  }
  button:hover .limit {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .meter-bar {
    display: block;
    margin-top: 3px;
    overflow: visible;
  }
  .track {
    fill: var(--nt-track);
  }
  .fill {
    fill: var(--level);
  }
  .unsettled {
    stroke: var(--level);
  }
  .mark {
    fill: var(--nt-danger);
  }
  .notes {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    color: var(--nt-dim);
    line-height: 1.4;
  }
  .share {
    display: none;
  }
  .exhausted {
    color: var(--nt-danger);
  }
  @media (min-width: 900px) {
    .budget {
      border-top: 0;
      border-bottom: 1px solid var(--nt-rule);
    }
    button {
      padding: 14px 16px 14px;
    }
    .head {
      flex-direction: column;
      gap: 3px;
    }
    .narrow {
      display: none;
    }
    .wide {
      display: inline;
    }
    .spent {
      font-size: calc(var(--nt-size) * 1.75);
      font-weight: 700;
      line-height: 1.2;
    }
    .limit {
      display: none;
    }
    [data-level='unlimited'] .limit {
      display: inline;
      margin-inline-start: 6px;
    }
    .meter-bar {
      margin: 5px 0 4px;
    }
    .share {
      display: inline;
    }
  }
`;
