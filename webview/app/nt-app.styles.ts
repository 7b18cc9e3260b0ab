import { css } from 'lit';

export const appStyles = css`
  :host {
    display: grid;
    grid-template:
      'header' auto
      'banner' auto
      'log' minmax(0, 1fr)
      'live' auto
      'budget' auto
      'composer' auto / minmax(0, 1fr);
    height: 100vh;
    height: 100dvh;
    position: relative;
    background: var(--nt-paper);
    /* Read by the toolkit's components. */
    --focus-border: var(--nt-focus);
    --button-border: currentColor;
    --input-background: var(--nt-paper);
    --input-foreground: var(--nt-ink);
    --dropdown-border: var(--nt-control-rule);
    --corner-radius-round: 0;
  }
  /* Scan lines, visible in themes that define them. */
  :host::after {
    content: '';
    position: absolute;
    inset: 0;
    pointer-events: none;
    background: repeating-linear-gradient(to bottom, var(--nt-scanline) 0 1px, transparent 1px 3px);
  }
  main {
    display: contents;
  }
  nt-header {
    grid-area: header;
    background: var(--nt-paper);
  }
  .banner {
    grid-area: banner;
    padding: 8px var(--nt-edge);
    border-bottom: 1px solid var(--nt-rule);
  }
  nt-log {
    grid-area: log;
  }
  nt-live {
    grid-area: live;
  }
  nt-budget {
    grid-area: budget;
  }
  nt-composer {
    grid-area: composer;
  }
  nt-telemetry {
    grid-area: telemetry;
  }
  @media (prefers-reduced-motion: reduce), (forced-colors: active) {
    :host::after {
      display: none;
    }
  }
  @media (min-width: 900px) {
    :host {
      grid-template:
        'header header' auto
        'banner banner' auto
        'log budget' auto
        'log telemetry' minmax(0, 1fr)
        'live telemetry' auto
        'composer telemetry' auto / minmax(0, 1fr) clamp(240px, 24%, 340px);
    }
    nt-budget,
    nt-telemetry {
      border-inline-start: 1px solid var(--nt-rule);
      background: var(--nt-panel);
    }
    nt-telemetry {
      min-height: 0;
      overflow: auto;
      scrollbar-width: thin;
      scrollbar-color: var(--nt-control-rule) transparent;
    }
  }
`;
