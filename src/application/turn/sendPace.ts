import { RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock } from '../../domain/ports/system';

/** Refuses a second question within the minimum interval as a double click, per conversation. Null: a new one. */
export class SendPace {
  private readonly acceptedAtMs = new Map<ConversationId | null, number>();

  constructor(private readonly options: { readonly settings: SettingsSource; readonly clock: Clock }) {}

  accepted(id: ConversationId | null): void {
    this.acceptedAtMs.set(id, this.options.clock.monotonicMs());
  }

  /** @throws RefusedError */
  refuseDoubleClick(id: ConversationId | null): void {
    const last = this.acceptedAtMs.get(id);
    if (last === undefined) return;
    const waitMs = last + this.options.settings.current().minIntervalMs - this.options.clock.monotonicMs();
    if (waitMs > 0) throw new RefusedError({ code: 'TOO_SOON', waitMs });
  }
}
