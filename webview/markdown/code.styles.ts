import { css } from 'lit';

/** Code blocks with their head, and the colours of highlighted code. */
export const codeStyles = css`
  .code-block {
    border: 1px solid var(--nt-rule);
    border-inline-start: 2px solid var(--nt-signal-dim);
    background: var(--nt-raised);
    min-width: 0;
  }
  .code-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 8px;
    padding: 2px 8px;
    border-bottom: 1px solid var(--nt-rule);
    font-size: var(--nt-data-size);
    color: var(--nt-dim);
    line-height: 18px;
  }
  .code-language {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .code-actions {
    min-width: 0;
  }
  .code-action {
    white-space: nowrap;
  }
  .code-action + .code-action::before {
    content: '·';
    padding-inline: 6px;
    color: var(--nt-dim);
    text-decoration: none;
    display: inline-block;
  }
  .code-action:hover {
    color: var(--nt-signal);
  }
  .code-action[data-done] {
    color: var(--nt-signal);
  }
  .code-body {
    margin: 0;
    padding: 8px 10px;
    overflow-x: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--nt-control-rule) transparent;
    font: inherit;
    font-size: 0.94em;
    line-height: 1.5;
    tab-size: 4;
    overflow-wrap: normal;
  }
  .code-body:focus-visible,
  .table-box:focus-visible {
    outline-offset: -1px;
  }
  .code-body code {
    font: inherit;
    white-space: pre;
  }
  .code-run {
    display: block;
  }
  .hljs-keyword,
  .hljs-selector-tag,
  .hljs-built_in,
  .hljs-literal,
  .hljs-doctag {
    color: var(--nt-code-keyword);
  }
  .hljs-string,
  .hljs-regexp,
  .hljs-template-tag,
  .hljs-char,
  .hljs-link {
    color: var(--nt-code-string);
  }
  .hljs-comment,
  .hljs-quote {
    color: var(--nt-code-comment);
    font-style: italic;
  }
  .hljs-number,
  .hljs-symbol,
  .hljs-bullet {
    color: var(--nt-code-number);
  }
  .hljs-title,
  .hljs-section,
  .hljs-name {
    color: var(--nt-code-title);
  }
  .hljs-type,
  .hljs-class,
  .hljs-selector-class,
  .hljs-selector-id {
    color: var(--nt-code-type);
  }
  .hljs-attr,
  .hljs-attribute,
  .hljs-property,
  .hljs-meta,
  .hljs-variable,
  .hljs-template-variable {
    color: var(--nt-code-attribute);
  }
  .hljs-addition {
    color: var(--nt-code-added);
  }
  .hljs-deletion {
    color: var(--nt-code-removed);
  }
  .hljs-emphasis {
    font-style: italic;
  }
  .hljs-strong {
    font-weight: 700;
  }
`;
