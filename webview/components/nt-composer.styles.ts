import { css } from 'lit';

export const composerStyles = css`
  :host {
    display: block;
  }
  .composer {
    display: grid;
    gap: 6px;
    padding: 4px var(--nt-edge) 10px;
    background: var(--nt-panel);
  }
  .refusal {
    position: relative;
  }
  .refusal nt-notice {
    --nt-notice-inset: 30px;
  }
  .dismiss {
    position: absolute;
    inset: 4px 4px auto auto;
  }
  .field {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    border: 1px solid var(--nt-signal-dim);
    background: var(--nt-paper);
  }
  .field:focus-within {
    border-color: var(--nt-focus);
    box-shadow: 0 0 0 1px var(--nt-focus), var(--nt-glow);
  }
  .prompt {
    padding: 7px 0 7px 9px;
    font-size: var(--nt-text-size);
    line-height: 1.5;
    font-weight: 700;
    color: var(--nt-signal);
  }
  textarea {
    display: block;
    width: 100%;
    min-height: calc(3em + 14px);
    max-height: 40vh;
    padding: 7px 9px 7px 8px;
    margin: 0;
    border: 0;
    outline: none;
    resize: none;
    field-sizing: content;
    background: transparent;
    color: var(--nt-ink);
    caret-color: var(--nt-signal);
    font: inherit;
    font-size: var(--nt-text-size);
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  textarea:focus-visible {
    outline: none;
  }
  textarea::placeholder {
    color: var(--nt-dim);
    opacity: 1;
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 10px;
    min-height: 26px;
  }
  .hint {
    min-width: 0;
    color: var(--nt-dim);
    line-height: 1.4;
  }
  .hint[data-held='true'] {
    color: var(--nt-caution);
  }
  .send {
    flex: none;
  }
  .face {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    width: auto;
    height: auto;
    text-transform: uppercase;
  }
  /* The button's name is Send; what it shows is part of the drawing. */
  .face::before {
    content: attr(data-label);
  }
  .face svg {
    width: 1em;
    height: 1em;
  }
  @media (min-width: 900px) {
    .composer {
      padding: 8px 18px 14px;
      border-top: 1px solid var(--nt-rule);
    }
  }
`;
