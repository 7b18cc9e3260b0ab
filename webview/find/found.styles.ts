import { css } from 'lit';

/** Matches of the find bar. Underlined, so that they don't depend on colour. */
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
