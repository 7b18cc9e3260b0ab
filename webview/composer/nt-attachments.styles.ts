import { css } from 'lit';

export const attachmentsStyles = css`
  :host {
    display: block;
  }
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 5px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .chip {
    display: flex;
    min-width: 0;
    max-width: 100%;
    border: 1px solid var(--nt-control-rule);
    color: var(--nt-dim);
    line-height: 18px;
  }
  .name {
    min-width: 0;
    padding: 1px 6px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    direction: rtl;
    unicode-bidi: plaintext;
  }
  .name:hover,
  .name[aria-expanded='true'] {
    color: var(--nt-ink);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .remove {
    flex: none;
    display: grid;
    place-items: center;
    width: 22px;
    border-inline-start: 1px solid var(--nt-control-rule);
  }
  .remove:hover {
    color: var(--nt-danger);
  }
  .remove svg {
    width: 12px;
    height: 12px;
  }
  .sent {
    margin-top: 6px;
    border: 1px solid var(--nt-rule);
    background: var(--nt-raised);
  }
  .sent p {
    margin: 0;
    padding: 4px 8px;
    color: var(--nt-dim);
    border-bottom: 1px solid var(--nt-rule);
  }
  .sent pre {
    margin: 0;
    padding: 8px;
    max-height: 14em;
    font-family: var(--nt-font-data);
    line-height: 1.5;
    tab-size: 4;
  }
`;
