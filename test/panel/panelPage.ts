import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Answer, HostMessage, PanelChange, PanelMessage } from '../../src/protocol/messages';
import type { PanelView } from '../../src/protocol/views';
import { bundlePageScript } from './panelServer';
import { themes } from './themes';
import type { ThemeName } from './themes';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['NEURAL_TERMINAL_CHROMIUM'] ?? '/usr/bin/chromium',
    args: FLAGS,
  });
}

export interface PanelPageOptions {
  /** The default is the panel. */
  readonly path?: '/ledger';
  /** The default is English. */
  readonly language?: string;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** State that the page saved with `setState`. */
  readonly state?: unknown;
  readonly reducedMotion?: boolean;
  readonly scale?: number;
  /** Answers to requests that the page makes while it loads. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/** Runs in the page: resolves when finite animations have ended and no element has scrolled for some frames. */
const AT_REST = `(async () => {
  const rootsOf = (root) =>
    [root, ...[...root.querySelectorAll('*')].flatMap((one) => (one.shadowRoot ? rootsOf(one.shadowRoot) : []))];
  const places = () =>
    rootsOf(document).flatMap((root) => [...root.querySelectorAll('*')].map((one) => one.scrollTop)).join();
  const isFinite = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
  for (let framesAtRest = 0, before = places(); framesAtRest < 5; ) {
    const running = rootsOf(document).flatMap((root) => root.getAnimations());
    await Promise.allSettled(running.filter((one) => one.playState === 'running' && isFinite(one)).map((one) => one.finished));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = places();
    framesAtRest = now === before ? framesAtRest + 1 : 0;
    before = now;
  }
})()`;

/** A panel in a browser and the host's side of its channel. */
export class PanelPage {
  readonly console: string[] = [];
  #epoch = 0;
  #seq = 0;

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.console.push(message.text());
    });
    page.on('pageerror', (error) => this.console.push(String(error)));
  }

  static async open(browser: Browser, url: string, options: PanelPageOptions = {}): Promise<PanelPage> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 420, height: options.height ?? 800 },
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
      deviceScaleFactor: options.scale ?? 1,
    });
    const page = await context.newPage();
    const panel = new PanelPage(context, page);
    const settings = JSON.stringify({ theme: themes[options.theme ?? 'dark'], state: options.state ?? null });
    await page.addInitScript(`window.fakeEditorOptions = ${settings};`);
    await page.addInitScript(await bundlePageScript('test/panel/page/fakeEditor.ts'));
    await page.addInitScript(`Object.assign(window.fakeEditor.answers, ${JSON.stringify(options.answers ?? {})});`);
    await page.goto(url);
    await page.waitForFunction('window.fakeEditor.posted.length > 0');
    return panel;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  post(message: HostMessage): Promise<void> {
    return this.page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  }

  async show(view: PanelView): Promise<void> {
    this.#epoch += 1;
    this.#seq = 0;
    await this.post({ type: 'snapshot', epoch: this.#epoch, seq: 0, view });
    await this.settle();
  }

  async patch(...changes: PanelChange[]): Promise<void> {
    this.#seq += 1;
    await this.post({ type: 'patch', epoch: this.#epoch, seq: this.#seq, changes });
  }

  /** Waits until posted messages are rendered. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))',
    );
    await this.page.evaluate('document.fonts.ready.then(() => undefined)');
  }

  /** Waits until animations and scrolling have ended as well, so that a picture or a place is final. */
  async rest(): Promise<void> {
    await this.settle();
    await this.page.evaluate(AT_REST);
  }

  posted(): Promise<PanelMessage[]> {
    return this.page.evaluate('window.fakeEditor.posted');
  }

  async postedOf<T extends PanelMessage['type']>(type: T): Promise<Extract<PanelMessage, { type: T }>[]> {
    const messages = await this.posted();
    return messages.filter((message): message is Extract<PanelMessage, { type: T }> => message.type === type);
  }

  /** Sets the answer to the next requests of a type; null leaves them unanswered. */
  answer(type: PanelMessage['type'], answer: Answer | null): Promise<void> {
    return this.page.evaluate(`window.fakeEditor.answers[${JSON.stringify(type)}] = ${JSON.stringify(answer)}`);
  }

  /** Sets the source of a function that answers the next requests of a type in the page. */
  answerBy(type: PanelMessage['type'], source: string): Promise<void> {
    return this.page.evaluate(`void (window.fakeEditor.answers[${JSON.stringify(type)}] = ${source})`);
  }

  state(): Promise<unknown> {
    return this.page.evaluate('window.fakeEditor.state');
  }

  violations(): Promise<string[]> {
    return this.page.evaluate('window.fakeEditor.violations');
  }
}
