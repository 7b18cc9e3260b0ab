import { css } from 'lit';

export const historyStyles = css`
  dialog {
    position: fixed;
    inset: 0 auto 0 0;
    width: min(360px, calc(100vw - 28px));
    max-width: none;
    height: 100%;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-end: 1px solid var(--nt-control-rule);
    color: var(--nt-ink);
    background: var(--nt-panel);
    box-shadow: var(--nt-shadow);
  }
  dialog[open] {
    animation: nt-slide 160ms ease-out;
  }
  dialog::backdrop {
    background: #00000066;
  }
  @keyframes nt-slide {
    from {
      transform: translateX(-100%);
    }
  }
  .drawer {
    display: grid;
    grid-template-rows: auto auto minmax(0, 1fr);
    height: 100%;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px 8px 6px var(--nt-edge);
  }
  .head h2 {
    margin: 0;
    color: var(--nt-ink);
  }
  .count {
    flex: 1;
    text-align: end;
    color: var(--nt-dim);
  }
  .filter {
    margin: 0 var(--nt-edge) 10px;
    font-family: var(--nt-font-data);
    font-size: var(--nt-data-size);
    color: var(--nt-dim);
  }
  .filter::part(control) {
    font-family: var(--nt-font-data);
    font-size: var(--nt-text-size);
  }
  .filter::part(root) {
    border-radius: 0;
    border-color: var(--nt-control-rule);
    background: var(--nt-paper);
    color: var(--nt-ink);
  }
  .filter::part(label) {
    font-size: var(--nt-data-size);
    color: var(--nt-dim);
    margin-bottom: 3px;
  }
  .list {
    border-top: 1px solid var(--nt-rule);
    padding-bottom: 16px;
  }
  .list > nt-notice {
    margin: 10px var(--nt-edge);
  }
  h3.label {
    position: sticky;
    top: 0;
    margin: 0;
    padding: 10px var(--nt-edge) 5px;
    background: var(--nt-panel);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .row {
    display: block;
    width: 100%;
    padding: 6px var(--nt-edge) 7px calc(var(--nt-edge) - 2px);
    border-inline-start: 2px solid transparent;
    border-bottom: 1px solid var(--nt-rule);
  }
  .row:hover {
    background: var(--nt-raised);
    border-inline-start-color: var(--nt-signal-dim);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row[aria-current='true'] {
    border-inline-start-color: var(--nt-signal);
  }
  .row .title {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--nt-text-size);
    line-height: 1.45;
  }
  .facts {
    display: flex;
    gap: 10px;
    color: var(--nt-dim);
    white-space: nowrap;
    line-height: 1.5;
  }
  .run {
    color: var(--nt-signal);
  }
  .cost {
    color: var(--nt-caution);
  }
  .model {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .none {
    margin: 0;
    padding: 16px var(--nt-edge);
    color: var(--nt-dim);
    overflow-wrap: anywhere;
  }
  vscode-progress-ring {
    width: 18px;
    height: 18px;
    --progress-background: var(--nt-signal);
  }
`;
