import { css } from 'lit';

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
