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
    box-shadow:
      0 0 0 1px var(--nt-focus),
      var(--nt-glow);
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
    display: grid;
    grid-template: 'quote send' auto 'note note' minmax(1.4em, auto) / minmax(0, 1fr) auto;
    align-items: center;
    gap: 2px 10px;
    line-height: 1.4;
    color: var(--nt-dim);
  }
  /* A wrapped part has no dot before it: the dot is clipped. */
  .quote {
    grid-area: quote;
    display: flex;
    flex-wrap: wrap;
    margin-inline-start: -3ch;
    clip-path: inset(0 0 0 3ch);
    white-space: nowrap;
  }
  .quote > span {
    padding-inline-start: 3ch;
    position: relative;
  }
  .quote > span + span::before {
    content: '·';
    position: absolute;
    inset-inline-start: 1ch;
    color: var(--nt-dim);
  }
  .short {
    display: none;
  }
  .short::before {
    content: attr(data-text);
  }
  .worst {
    color: var(--nt-caution);
  }
  .note {
    grid-area: note;
  }
  .note[data-level='shortened'] {
    color: var(--nt-caution);
  }
  .note[data-level='refused'] {
    color: var(--nt-danger);
  }
  .send {
    grid-area: send;
  }
  .face {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    width: auto;
    height: auto;
    text-transform: uppercase;
  }
  .face svg {
    width: 1em;
    height: 1em;
  }
  /* Next to the button there is no room for "tokens", which is still read out, or for a long estimate in one line. */
  @media (max-width: 339px) {
    .foot {
      grid-template-rows: minmax(2.8em, auto) minmax(1.4em, auto);
      row-gap: 0;
    }
    .long {
      position: absolute;
      clip-path: inset(50%);
    }
    .quote .short {
      display: inline;
    }
  }
  @media (max-width: 259px) {
    .foot {
      column-gap: 6px;
    }
    .face {
      gap: 0;
    }
    /* Keeps the height of a line. */
    .face::before {
      content: '\\200b';
    }
    .face-label {
      display: none;
    }
  }
  @media (min-width: 600px) {
    .foot {
      grid-template: 'quote send' auto 'note send' minmax(1.4em, auto) / minmax(0, 1fr) auto;
      row-gap: 0;
    }
  }
  @media (min-width: 900px) {
    .composer {
      padding: 8px 18px 14px;
      border-top: 1px solid var(--nt-rule);
    }
  }
`;
