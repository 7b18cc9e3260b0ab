import { css } from 'lit';

/** Heights are whole pixels because fractions would add up over thousands of rows. */
export const listStyles = css`
  :host {
    display: block;
    min-height: 0;
    --plain-height: round(up, calc(18px + 17px + 13px + (var(--nt-size) - 13px) * 2.6), 1px);
    --tagged-height: calc(var(--plain-height) + 19px);
    --heading-height: round(up, calc(var(--nt-label-size) * 1.3 + 16px), 1px);
  }
  .scroll {
    position: relative;
    height: 100%;
    overscroll-behavior: contain;
    /* The list anchors its scroll position itself. */
    overflow-anchor: none;
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  .probe {
    position: absolute;
    inset: 0 auto auto 0;
    width: 0;
    visibility: hidden;
  }
  .sizer {
    position: relative;
    overflow: clip;
  }
  .window {
    position: absolute;
    inset-inline: 0;
  }
  [data-size='plain'] {
    height: var(--plain-height);
  }
  [data-size='tagged'] {
    height: var(--tagged-height);
  }
  [data-size='heading'],
  h3.label {
    height: var(--heading-height);
  }
  h3.label {
    position: sticky;
    top: 0;
    z-index: 1;
    margin: 0;
    padding: 11px var(--nt-edge) 0;
    background: var(--nt-panel);
  }
  .row {
    position: relative;
    contain: strict;
    border-bottom: 1px solid var(--nt-rule);
  }
  .row .open {
    height: 100%;
  }
  [data-blank] {
    background:
      linear-gradient(var(--nt-rule), var(--nt-rule)) no-repeat var(--nt-edge) 12px / 55% 1px,
      linear-gradient(var(--nt-rule), var(--nt-rule)) no-repeat var(--nt-edge) 30px / 35% 1px;
  }
  .row-tools {
    position: absolute;
    inset: auto 2px 2px auto;
    display: flex;
    padding-inline: 8px calc(var(--nt-edge) - 7px);
    background: var(--nt-raised);
    opacity: 0;
  }
  .row:hover .row-tools,
  .row:focus-within .row-tools {
    opacity: 1;
  }
  .row-tools .icon-button {
    block-size: 20px;
  }
  .row-tools .icon-button:focus-visible {
    outline-offset: -1px;
  }
  .row-tools svg {
    inline-size: 14px;
    block-size: 14px;
  }
  .icon-button[data-on] {
    color: var(--nt-signal);
  }
  .icon-button[data-tool='delete']:hover {
    color: var(--nt-danger);
  }
  .row-edit {
    height: 100%;
    padding: 6px var(--nt-edge) 0 calc(var(--nt-edge) - 2px);
    border-inline-start: 2px solid var(--nt-caution);
    background: var(--nt-raised);
  }
  .row-field {
    display: block;
    width: 100%;
    height: 20px;
    margin: -1px 0;
    padding: 0 4px;
    margin-inline-start: -5px;
    border: 1px solid var(--nt-control-rule);
    background: var(--nt-paper);
    color: var(--nt-ink);
    caret-color: var(--nt-signal);
    font: inherit;
    font-size: var(--nt-text-size);
    line-height: 18px;
  }
  .row-field:focus-visible {
    outline: 1px solid var(--nt-focus);
    outline-offset: 0;
    border-color: var(--nt-focus);
  }
  .row-field::placeholder {
    color: var(--nt-dim);
    opacity: 1;
  }
  .row-edit b {
    font-weight: 700;
    color: var(--nt-caution);
  }
  .row-answers {
    display: flex;
    gap: 8px;
    padding-top: 1px;
  }
  .answer {
    padding: 0 8px;
    line-height: 16px;
    border: 1px solid var(--nt-control-rule);
  }
  .answer.danger {
    color: var(--nt-danger);
    border-color: currentColor;
  }
  .answer:hover {
    color: var(--nt-paper);
    background: var(--nt-ink);
  }
  .answer.danger:hover {
    background: var(--nt-danger);
  }
  .answer:focus-visible {
    outline-offset: 1px;
  }
  @media (hover: none) {
    .row-tools {
      opacity: 1;
    }
  }
`;
