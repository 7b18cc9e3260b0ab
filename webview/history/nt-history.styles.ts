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
    grid-template: auto auto auto auto minmax(0, 1fr) / minmax(0, 1fr);
    height: 100%;
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 6px 8px 4px var(--nt-edge);
  }
  .head h2 {
    margin: 0;
    color: var(--nt-ink);
  }
  .search {
    display: block;
    min-width: 0;
    margin: 0 var(--nt-edge);
  }
  /* The field's accessible name, which the toolkit takes from the label only. */
  .search::part(label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .search::part(control) {
    width: 100%;
    font-family: var(--nt-font-data);
    font-size: var(--nt-text-size);
  }
  .search::part(control)::placeholder {
    color: var(--nt-dim);
    opacity: 1;
  }
  .search::part(root) {
    border-radius: 0;
    border-color: var(--nt-control-rule);
    background: var(--nt-paper);
    color: var(--nt-ink);
  }
  .filters {
    margin: 0;
    padding: 4px var(--nt-edge) 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--nt-dim);
    line-height: 1.4;
    cursor: help;
  }
  .bar {
    display: flex;
    align-items: end;
    min-height: 30px;
    padding: 0 calc(var(--nt-edge) - 4px);
    border-bottom: 1px solid var(--nt-rule);
  }
  .filter {
    padding: 4px;
    margin-inline-end: 12px;
    color: var(--nt-dim);
    line-height: 18px;
    border-bottom: 2px solid transparent;
  }
  .filter:hover {
    color: var(--nt-ink);
  }
  .filter[aria-pressed='true'] {
    color: var(--nt-ink);
    border-bottom-color: var(--nt-signal);
  }
  .filter:focus-visible {
    outline-offset: -2px;
  }
  .total {
    color: var(--nt-dim);
  }
  .found {
    padding: 4px 4px 6px;
    color: var(--nt-dim);
    line-height: 18px;
  }
  .content {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    min-height: 0;
  }
  .content > :last-child {
    grid-row: 2;
  }
  .content > [role='alert'] {
    grid-row: 1;
    margin: 8px var(--nt-edge);
  }
  .none {
    margin: 0;
    padding: 16px var(--nt-edge);
    color: var(--nt-dim);
    line-height: 1.6;
    overflow-wrap: anywhere;
  }
  .undo {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 10px;
    padding: 6px var(--nt-edge);
    border-top: 1px solid var(--nt-caution);
    background: var(--nt-raised);
    line-height: 1.5;
  }
  .undo > span {
    display: flex;
    gap: 0.6em;
    min-width: 0;
    white-space: nowrap;
  }
  .undo-title {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--nt-dim);
  }
  .undo vscode-button {
    flex: none;
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    margin: 0;
    padding: 5px var(--nt-edge) 6px;
    border-top: 1px solid var(--nt-rule);
    color: var(--nt-dim);
    line-height: 1.5;
  }
  .keys b {
    font-weight: 400;
    color: var(--nt-ink);
  }
  @media (hover: none) {
    .keys {
      display: none;
    }
  }
  vscode-progress-ring {
    width: 18px;
    height: 18px;
    --progress-background: var(--nt-signal);
  }
`;
