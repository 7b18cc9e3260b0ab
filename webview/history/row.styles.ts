import { css } from 'lit';

/** A conversation's row in the list and in search results. */
export const rowStyles = css`
  .open {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    width: 100%;
    padding: 6px var(--nt-edge) 0 calc(var(--nt-edge) - 2px);
    border-inline-start: 2px solid transparent;
  }
  .open:hover,
  .row:hover .open {
    background: var(--nt-raised);
    border-inline-start-color: var(--nt-signal-dim);
  }
  .open:focus-visible {
    outline-offset: -2px;
  }
  .open[aria-current='true'] {
    border-inline-start-color: var(--nt-signal);
  }
  .title {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--nt-text-size);
    line-height: 18px;
  }
  .facts {
    display: flex;
    gap: 10px;
    overflow: hidden;
    color: var(--nt-dim);
    white-space: nowrap;
    line-height: 17px;
  }
  .facts b {
    font-weight: 400;
    color: var(--nt-ink);
  }
  .row-edit .facts > span {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .run {
    color: var(--nt-signal);
  }
  .cost {
    color: var(--nt-caution);
  }
  .cost:empty {
    display: none;
  }
  .fork {
    display: inline-flex;
    align-items: center;
    margin-inline: -4px;
  }
  .fork svg {
    width: 12px;
    height: 12px;
  }
  .run {
    flex: none;
  }
  .model {
    flex: 1 1 0;
  }
  .model,
  .cost,
  .time {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .open .tag-chips,
  .row-edit .tag-chips {
    padding-top: 2px;
  }
`;
