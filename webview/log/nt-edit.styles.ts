import { css } from 'lit';

export const editStyles = css`
  :host {
    display: grid;
    gap: 6px;
  }
  textarea {
    display: block;
    width: 100%;
    min-height: calc(1.55em + 10px);
    max-height: 40vh;
    margin: 0;
    padding: 4px 8px;
    border: 1px solid var(--nt-signal-dim);
    outline: none;
    resize: none;
    field-sizing: content;
    background: var(--nt-paper);
    color: var(--nt-ink);
    caret-color: var(--nt-signal);
    font: inherit;
    line-height: 1.55;
    overflow-wrap: anywhere;
  }
  textarea:focus-visible {
    outline: 1px solid var(--nt-focus);
    outline-offset: 0;
    border-color: var(--nt-focus);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 6px 8px;
  }
  .hint {
    flex: 1 1 5em;
    min-width: 0;
    color: var(--nt-dim);
    line-height: 1.4;
  }
`;
