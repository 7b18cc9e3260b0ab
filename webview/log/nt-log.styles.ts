import { css } from 'lit';

export const logStyles = css`
  :host {
    position: relative;
    display: block;
    min-height: 0;
  }
  .scroll {
    height: 100%;
    overflow-x: hidden;
    overscroll-behavior: contain;
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  .entries {
    display: flow-root;
    padding: 6px 0 16px;
  }
  .more {
    display: block;
    width: 100%;
    padding: 8px var(--nt-edge);
    text-align: center;
    color: var(--nt-dim);
  }
  .more:hover {
    color: var(--nt-signal);
  }
  .fork-rule {
    display: flex;
    gap: 6px;
    margin: 10px 0 10px calc(var(--nt-text-size) * 3.9);
    padding: 2px var(--nt-edge) 2px 10px;
    color: var(--nt-dim);
    line-height: 1.5;
    overflow-wrap: anywhere;
    border-inline-start: 1px dashed var(--nt-signal-dim);
  }
  .fork-rule svg {
    flex: none;
    width: 12px;
    height: 1.5em;
  }
  .latest {
    position: absolute;
    inset-block-end: 10px;
    inset-inline-end: 18px;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 4px 10px;
    color: var(--nt-signal);
    background: var(--nt-panel);
    border: 1px solid var(--nt-signal-dim);
  }
  .latest:hover {
    color: var(--nt-on-signal);
    background: var(--nt-signal);
  }
  .latest svg {
    width: 12px;
    height: 12px;
  }
  @media (min-width: 900px) {
    .fork-rule {
      margin-inline-start: calc(var(--nt-text-size) * 6.4);
    }
  }
`;
