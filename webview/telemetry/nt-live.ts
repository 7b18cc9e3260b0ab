import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LiveView } from '../../src/protocol/views';
import { formatCountdown, formatElapsed, formatRate } from '../shared/format';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { RequestEvent } from '../shared/events';
import { stopIcon } from '../shared/icons';
import { liveStyles } from './nt-live.styles';
import { buttonStyles, sharedStyles } from '../shared/shared.styles';
import { sparkline } from './sparkline';

const TICK_MS = 100;
/** After this long, the phase says that the model is still thinking. */
const LONG_SILENCE_MS = 30_000;

/** Speed, elapsed time and Stop of the streaming reply. Takes no space otherwise. */
@customElement('nt-live')
export class LiveElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, liveStyles];

  @property({ attribute: false }) live: LiveView | null = null;
  @state() private nowMs = 0;
  #receivedMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#setTicking(false);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('live')) return;
    this.#receivedMs = performance.now();
    this.nowMs = this.#receivedMs;
    this.#setTicking(this.live !== null);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { live } = this;
    if (live === null) return nothing;
    const sinceMs = Math.max(0, this.nowMs - this.#receivedMs);
    const elapsedMs = live.elapsedMs + sinceMs;
    return html`<section class="strip data" aria-label=${strings.streamingReply()} data-phase=${live.phase}>
      ${live.phase === 'streaming' ? sparkline(live.velocity) : renderPhase(phaseText(live, elapsedMs))}
      ${live.phase === 'streaming' ? html`<span class="rate">${sharedStrings.tokensPerSecond(formatRate(live.tokensPerSecond))}</span>` : nothing}
      ${live.costText === '' ? nothing : html`<span class="amount" data-part="amount">${live.costText}</span>`}
      <span class="elapsed" role="timer"
        >${live.waitMs === null ? formatElapsed(elapsedMs) : waitText(live.waitMs - sinceMs)}</span
      >
      <vscode-button class="stop" aria-label=${strings.stop()} title=${sharedStrings.hintStop()} @click=${this.#stop}>
        <span class="face" aria-hidden="true">${stopIcon}${strings.stop()}</span>
      </vscode-button>
    </section>`;
  }

  #setTicking(isTicking: boolean): void {
    if (isTicking === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = isTicking ? setInterval(() => (this.nowMs = performance.now()), TICK_MS) : undefined;
  }

  #stop = (): void => {
    this.dispatchEvent(new RequestEvent({ type: 'stop' }));
  };
}

function renderPhase(text: string): TemplateResult {
  return html`<span class="phase"
    ><vscode-progress-ring aria-hidden="true"></vscode-progress-ring><span title=${text}>${text}</span></span
  >`;
}

/** The reason for a retry takes precedence over the phase. */
function phaseText({ phase, retryText }: LiveView, elapsedMs: number): string {
  if (phase !== 'waiting' && elapsedMs >= LONG_SILENCE_MS) return strings.stillThinking();
  if (retryText !== '') return retryText;
  return phase === 'thinking' ? strings.thinking() : strings.connecting();
}

function waitText(leftMs: number): string {
  return leftMs <= 0 ? strings.nextRequestNow() : strings.nextRequestIn(formatCountdown(Math.ceil(leftMs / 1000)));
}
