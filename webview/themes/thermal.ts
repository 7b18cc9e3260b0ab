import { sheet } from './sheet';

/** Light theme: ink on thermal paper. */
export const thermalSheet = sheet(`
body[data-theme='thermal'] {
  color-scheme: light;
  --nt-paper: #f6f4ec;
  --nt-panel: #efece1;
  --nt-raised: #eeebdf;
  --nt-rule: #cbc5b1;
  --nt-control-rule: #857e68;
  --nt-ink: #1c1c1a;
  --nt-dim: #5c594e;
  --nt-signal: #0a6b2c;
  --nt-signal-dim: #5f9a72;
  --nt-on-signal: #f6f4ec;
  --nt-caution: #8a5200;
  --nt-danger: #a8201a;
  --nt-tint: #eaede2;
  --nt-track: #cbc5b1;
  --nt-focus: #0a6b2c;
  --nt-selection: #0a6b2c40;
  --nt-on-selection: var(--nt-ink);
  --nt-found: var(--nt-selection);
  --nt-glow: 0 0 transparent;
  --nt-glow-text: none;
  --nt-scanline: transparent;
  --nt-shadow: 12px 0 32px #1c1c1a33;
  --nt-code-inline: #0a6b2c;
  --nt-code-keyword: #0a6b2c;
  --nt-code-string: #8a5200;
  --nt-code-comment: #5c594e;
  --nt-code-number: #9a3412;
  --nt-code-title: #0b5a7a;
  --nt-code-type: #3f6212;
  --nt-code-attribute: #5b3f9e;
  --nt-code-added: #0a6b2c;
  --nt-code-removed: #a8201a;
}
`);
