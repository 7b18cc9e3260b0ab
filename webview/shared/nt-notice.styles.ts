import { css } from 'lit';

export const noticeStyles = css`
  :host {
    display: block;
  }
  .notice {
    --mark: var(--nt-signal-dim);
    border: 1px solid var(--nt-rule);
    border-inline-start: 2px solid var(--mark);
    padding: 7px 10px 8px;
    background: var(--nt-raised);
    font-size: var(--nt-data-size);
    line-height: 1.5;
  }
  .notice[data-severity='warning'] {
    --mark: var(--nt-caution);
  }
  .notice[data-severity='error'] {
    --mark: var(--nt-danger);
  }
  p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .title {
    padding-inline-end: var(--nt-notice-inset, 0);
  }
  .severity {
    color: var(--nt-dim);
    margin-inline-end: 4px;
  }
  [data-severity='warning'] .severity {
    color: var(--nt-caution);
  }
  [data-severity='error'] .severity {
    color: var(--nt-danger);
  }
  .detail {
    color: var(--nt-dim);
    margin-top: 2px;
    white-space: pre-line;
  }
  .wait {
    margin-top: 2px;
    font-variant-numeric: tabular-nums;
  }
  .wait [role='timer'] {
    color: var(--nt-caution);
  }
  .actions vscode-button {
    max-width: 100%;
  }
  .actions vscode-button::part(control) {
    white-space: normal;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-top: 8px;
  }
`;
