import { css } from 'lit';

/** The text of a reply. */
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

/** The cursor at the end of a streaming reply. It is drawn and not part of the text. */
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
