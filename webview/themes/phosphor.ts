import { sheet } from './sheet';

/** Dark theme: black, phosphor green and amber. */
export const phosphorSheet = sheet(`
body[data-theme='phosphor'] {
  color-scheme: dark;
  --nt-paper: #0a0a0f;
  --nt-panel: #101016;
  --nt-raised: #15151b;
  --nt-rule: #2a2a33;
  --nt-control-rule: #6b7270;
  --nt-ink: #d6dbd6;
  --nt-dim: #8d9290;
  --nt-signal: #00ff41;
  --nt-signal-dim: #0b9c33;
  --nt-on-signal: #0a0a0f;
  --nt-caution: #ffb000;
  --nt-danger: #ff5d5d;
  --nt-tint: #0b120f;
  --nt-track: #2a2a33;
  --nt-focus: #00ff41;
  --nt-selection: #0b9c3380;
  --nt-on-selection: var(--nt-ink);
  --nt-found: var(--nt-selection);
  --nt-glow: 0 0 10px #00ff4133;
  --nt-glow-text: 0 0 8px #00ff4155;
  --nt-scanline: #ffffff05;
  --nt-shadow: 12px 0 32px #000000b0;
  --nt-code-inline: #00ff41;
  --nt-code-keyword: #00ff41;
  --nt-code-string: #ffb000;
  --nt-code-comment: #8d9290;
  --nt-code-number: #ff9e64;
  --nt-code-title: #8be9fd;
  --nt-code-type: #9ece6a;
  --nt-code-attribute: #c3b7ff;
  --nt-code-added: #00ff41;
  --nt-code-removed: #ff5d5d;
}
`);
