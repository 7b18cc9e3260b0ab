import { css } from 'lit';

/** A reply's text: running text, code blocks, tables, and the cursor at the end of what still comes. */
export const markdownStyles = css`
  .text {
    overflow-wrap: anywhere;
  }
  .text :where(p, ul, ol, blockquote, h1, h2, h3, h4, h5, h6, pre, table) {
    margin: 0;
  }
  .text > * + * {
    margin-top: 0.75em;
  }
  .text :is(li > p + *, blockquote > * + *, li > .code-block, li > .table-box) {
    margin-top: 0.5em;
  }
  .text :is(h1, h2, h3, h4, h5, h6) {
    font: 700 1em / 1.45 var(--nt-font-data);
    color: var(--nt-signal);
  }
  .text > * + :is(h1, h2, h3, h4, h5, h6) {
    margin-top: 1.25em;
  }
  .text :is(h1, h2)::before {
    content: '## ';
    color: var(--nt-dim);
    font-weight: 400;
  }
  .text h1::before {
    content: '# ';
  }
  .text :is(h1, h2) {
    font-size: 1.06em;
  }
  .text :is(h4, h5, h6) {
    color: var(--nt-ink);
  }
  .text strong {
    font-weight: 700;
  }
  .text em {
    font-style: italic;
  }
  .text :is(ul, ol) {
    padding-inline-start: 1.7em;
  }
  .text li + li {
    margin-top: 0.28em;
  }
  .text li > :is(ul, ol) {
    margin-top: 0.28em;
  }
  .text li::marker {
    color: var(--nt-dim);
  }
  .text ul {
    list-style: '– ';
  }
  .text ul > li {
    padding-inline-start: 0;
  }
  .text blockquote {
    padding-inline-start: 12px;
    border-inline-start: 2px solid var(--nt-control-rule);
    color: var(--nt-dim);
  }
  .text hr {
    border: 0;
    border-top: 1px solid var(--nt-rule);
    margin-block: 1.1em;
  }
  .text :not(pre) > code {
    font: inherit;
    color: var(--nt-code-inline);
  }
  .text a {
    color: var(--nt-signal);
    text-decoration: underline;
    text-underline-offset: 3px;
    cursor: pointer;
  }
  .text a:hover {
    text-decoration-thickness: 2px;
  }
  .table-box {
    overflow-x: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--nt-control-rule) transparent;
    border: 1px solid var(--nt-rule);
  }
  .text table {
    border-collapse: collapse;
    width: max-content;
    min-width: 100%;
    font-size: var(--nt-data-size);
    line-height: 1.5;
    overflow-wrap: normal;
  }
  .text :is(th, td) {
    padding: 4px 10px;
    text-align: start;
    vertical-align: top;
    border-bottom: 1px solid var(--nt-rule);
    max-width: 26em;
    overflow-wrap: break-word;
  }
  .text tr:last-child > td {
    border-bottom: 0;
  }
  .text th {
    font-weight: 700;
    background: var(--nt-raised);
  }
  .text [data-align='right'] {
    text-align: end;
  }
  .text [data-align='center'] {
    text-align: center;
  }
`;

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

/** A block at the end of the last block; it is drawn, not in the text. */
export const cursorStyles = css`
  .text[data-streaming] > :last-child:not(.code-block, .table-box, ul, ol, blockquote)::after,
  .text[data-streaming]
    > :is(ul, ol):last-child
    > li:last-child:not(:has(> :is(p, ul, ol, .code-block):last-child))::after,
  .text[data-streaming] > :is(ul, ol):last-child > li:last-child > p:last-child::after,
  .text[data-streaming]
    > :is(ul, ol):last-child
    > li:last-child
    > :is(ul, ol):last-child
    > li:last-child:not(:has(> :last-child:is(p, ul, ol)))::after,
  .text[data-streaming] > blockquote:last-child > :last-child::after,
  .text[data-streaming] > .code-block:last-child .code-run:last-child::after,
  .text[data-streaming]:empty::after {
    content: '';
    display: inline-block;
    width: 0.6em;
    height: 1.15em;
    margin-inline-start: 1px;
    vertical-align: text-bottom;
    background: var(--nt-signal);
    box-shadow: var(--nt-glow);
    animation: nt-blink 1.06s steps(2, jump-none) infinite;
  }
  .text[data-streaming] > :last-child {
    animation: nt-appear 120ms ease-out;
  }
  @keyframes nt-blink {
    from {
      opacity: 1;
    }
    to {
      opacity: 0.25;
    }
  }
  @keyframes nt-appear {
    from {
      opacity: 0.2;
    }
  }
`;

/** Matches of the find bar, marked by ranges and not by nodes. Not by colour alone: they are underlined. */
export const foundStyles = css`
  ::highlight(nt-find) {
    color: var(--nt-ink);
    background-color: var(--nt-found);
    text-decoration: underline 2px var(--nt-signal);
  }
  ::highlight(nt-find-current) {
    color: var(--nt-on-signal);
    background-color: var(--nt-signal);
    text-decoration: underline;
  }
`;
