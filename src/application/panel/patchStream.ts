import type { Disposable } from '../../domain/emitter';
import type { Timers } from '../../domain/ports/system';
import type { HostMessage, PanelChange } from '../../protocol/messages';
import type { EntryView, PanelView } from '../../protocol/views';

/** Time between two patches, one frame. */
const FRAME_MS = 16;

type Texts = Pick<EntryView, 'id' | 'content' | 'reasoning'>;

/**
 * Orders the messages to one panel: a snapshot starts an epoch, patches with a rising `seq` follow. Nothing is posted
 * between `pause` and the next snapshot.
 */
export class PatchStream {
  private epoch = 0;
  private seq = 0;
  private inStep = false;
  private readonly pending = new Map<string, () => PanelChange | undefined>();
  /** Length of the text that the panel has for each entry. */
  private readonly sent = new Map<string, { readonly content: number; readonly reasoning: number }>();
  private timer: Disposable | undefined;

  /** @param post not awaited, because a hidden view drops messages and a busy one responds late. */
  constructor(
    private readonly post: (message: HostMessage) => void,
    private readonly timers: Timers,
  ) {}

  /** A snapshot was posted, and patches may follow. */
  get isInStep(): boolean {
    return this.inStep;
  }

  pause(): void {
    this.inStep = false;
  }

  start(view: PanelView): void {
    this.pending.clear();
    this.sent.clear();
    for (const entry of view.conversation.entries) this.noteSent(entry);
    this.epoch += 1;
    this.seq = 0;
    this.inStep = true;
    this.post({ type: 'snapshot', epoch: this.epoch, seq: 0, view });
  }

  /** `make` runs when the patch is posted, so that it contains the newest state. */
  change(key: string, make: () => PanelChange | undefined): void {
    if (!this.inStep) return;
    this.pending.set(key, make);
    this.timer ??= this.timers.after(FRAME_MS, () => this.flush());
  }

  drop(key: string): void {
    this.pending.delete(key);
  }

  entry(entry: EntryView): PanelChange {
    this.noteSent(entry);
    return { type: 'entry', entry };
  }

  /** The text that the panel lacks. Undefined when the panel doesn't have the entry. */
  text(texts: Texts, costText: string): PanelChange | undefined {
    const sent = this.sent.get(texts.id);
    if (!sent) return undefined;
    this.noteSent(texts);
    return {
      type: 'text',
      entryId: texts.id,
      contentOffset: sent.content,
      content: texts.content.slice(sent.content),
      reasoningOffset: sent.reasoning,
      reasoning: texts.reasoning.slice(sent.reasoning),
      costText,
    };
  }

  dispose(): void {
    this.inStep = false;
    this.timer?.dispose();
  }

  private noteSent({ id, content, reasoning }: Texts): void {
    this.sent.set(id, { content: content.length, reasoning: reasoning.length });
  }

  private flush(): void {
    this.timer = undefined;
    if (!this.inStep || this.pending.size === 0) return;
    const changes = [...this.pending.values()].map((make) => make()).filter((change) => change !== undefined);
    this.pending.clear();
    this.seq += 1;
    this.post({ type: 'patch', epoch: this.epoch, seq: this.seq, changes });
  }
}
