import { css } from 'lit';

export const sharesStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  h2,
  p {
    margin: 0;
  }
  ul {
    list-style: none;
    margin: 6px 0 0;
    padding: 0;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 12px;
    padding: 4px 0 5px;
    line-height: 1.6;
  }
  .name,
  .open {
    min-width: 0;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .open {
    display: block;
  }
  .open:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  :focus-visible {
    outline-offset: -1px;
  }
  .run {
    color: var(--nt-signal);
  }
  .missing,
  .notes,
  .note {
    color: var(--nt-dim);
  }
  .amounts {
    display: flex;
    gap: 1ch;
    white-space: nowrap;
  }
  .money {
    color: var(--nt-caution);
  }
  .share {
    min-width: 6ch;
    text-align: end;
    color: var(--nt-dim);
  }
  .bar {
    grid-column: 1 / -1;
    display: block;
    margin: 1px 0 2px;
  }
  .track {
    fill: var(--nt-track);
  }
  .settled,
  .hatch-line {
    fill: var(--nt-signal-dim);
  }
  .notes {
    grid-column: 1 / -1;
    display: flex;
    justify-content: space-between;
    gap: 12px;
    font-size: 0.92em;
  }
  .filter {
    color: var(--nt-dim);
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  .filter:hover {
    color: var(--nt-ink);
    text-decoration-style: solid;
  }
  .filter[aria-pressed='true'] {
    padding-inline: 4px;
    margin-inline: -4px;
    color: var(--nt-on-signal);
    background: var(--nt-signal);
    text-decoration: none;
  }
  .link {
    margin-top: 4px;
    color: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .note {
    margin-top: 6px;
    line-height: 1.5;
  }
`;
