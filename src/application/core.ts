import type { Disposable } from '../domain/emitter';
import type { ChatProvider, ConnectionSource, ModelListCache } from '../domain/ports/provider';
import type { SettingsSource } from '../domain/ports/settings';
import type { ConversationStore } from '../domain/ports/store';
import type { Clock, IdSource, Logger, Timers, TokenCounter } from '../domain/ports/system';
import type { EventBus } from '../domain/coreEvent';
import { Attempts } from './turn/attempts';
import { BillReconciler } from './spend/reconciler';
import { Branches } from './conversations/branches';
import { Circuits } from './turn/circuits';
import { ConversationFiling } from './conversations/filing';
import { Conversations } from './conversations/conversations';
import { Exchange } from './exchange/exchange';
import { KeyWatch } from './spend/keyWatch';
import { ModelCatalogue } from './models/catalogue';
import { Orchestrator } from './turn/orchestrator';
import { SpendGate } from './spend/gate';
import { SpendLedger } from './spend/ledger';
import { TurnPlanner } from './turn/planner';
import { TurnRetry } from './turn/retry';
import { TurnRunner } from './turn/runner';
import { TurnStarter } from './turn/starter';

/** Dependencies of one window. */
export interface CoreDependencies {
  readonly store: ConversationStore;
  readonly provider: ChatProvider;
  readonly connections: ConnectionSource;
  readonly settings: SettingsSource;
  readonly counter: TokenCounter;
  /** Absent: model lists are not cached between starts. */
  readonly modelLists?: ModelListCache;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

/** Wires all use cases, for the editor and for tests without one. Starts no I/O. */
export function createCore(parts: CoreDependencies) {
  const { store, provider, connections, settings, bus, clock, ids, timers, log } = parts;
  const conversations = new Conversations(store, bus);
  const ledger = new SpendLedger({ store, conversations, settings, clock, bus });
  const catalogue = new ModelCatalogue(provider, connections, clock, bus, parts.modelLists);
  const gate = new SpendGate({ ledger, settings, ids, timers, random: parts.random });
  const planner = new TurnPlanner({
    catalogue,
    counter: parts.counter,
    connections,
    settings,
  });
  const circuits = new Circuits({ settings, connections, clock, timers, bus });
  const attempts = new Attempts({ planner, gate, circuits, settings, clock, random: parts.random });
  const retry = new TurnRetry({ conversations, ledger, attempts, clock, timers, log });
  const runner = new TurnRunner({ provider, conversations, ledger, attempts, retry, bus, clock, log });
  const starter = new TurnStarter({ conversations, attempts, ledger, runner, ids, clock });
  const orchestrator = new Orchestrator({ conversations, planner, starter, gate, circuits, settings, clock, ids });
  const bills = new BillReconciler({ provider, ledger, conversations, catalogue, bus, timers, log });
  const keyWatch = new KeyWatch({
    provider,
    connections,
    clock,
    bus,
    onAllowance: (key) => ledger.setKeyAllowance(key),
  });
  const branches = new Branches({ conversations, clock, ids });
  const filing = new ConversationFiling({ conversations, clock, isBusy: (id) => orchestrator.isBusy(id) });
  const exchange = new Exchange({
    store,
    settings,
    onImported: (imported) => conversations.changedElsewhere(imported),
  });
  const subscriptions: readonly Disposable[] = [circuits, keyWatch, bills, ledger, conversations];

  return {
    ...{ conversations, ledger, catalogue, gate, circuits, orchestrator, bills, keyWatch, branches, filing, exchange },
    /** Stops every running reply and stores what arrived. */
    async close(): Promise<void> {
      await orchestrator.stopAll();
      await conversations.flush();
      for (const subscription of subscriptions) subscription.dispose();
      await store.close();
    },
  };
}

export type Core = ReturnType<typeof createCore>;
