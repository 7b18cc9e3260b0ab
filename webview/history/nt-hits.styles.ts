import { css } from 'lit';

export const hitsStyles = css`
  :host {
    display: block;
    min-height: 0;
  }
  .scroll {
    height: 100%;
    overscroll-behavior: contain;
  }
  h3.label {
    position: sticky;
    top: 0;
    z-index: 1;
    margin: 0;
    padding: 11px var(--nt-edge) 5px;
    background: var(--nt-panel);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .row {
    border-bottom: 1px solid var(--nt-rule);
  }
  .open {
    padding-bottom: 6px;
  }
  .excerpt {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
    margin: 1px 0 2px;
    color: var(--nt-ink);
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  .hit .title {
    color: var(--nt-dim);
    font-size: var(--nt-data-size);
  }
  mark {
    padding-inline: 1px;
    color: var(--nt-on-signal);
    background: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .facts .when {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    text-align: end;
  }
  @media (max-width: 379px) {
    .clock {
      display: none;
    }
  }
  .note {
    margin: 0;
    padding: 14px var(--nt-edge);
    color: var(--nt-dim);
    line-height: 1.6;
    overflow-wrap: anywhere;
  }
`;
