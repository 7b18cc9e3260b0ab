import type { HostMessage, PanelChange } from '../../src/protocol/messages';
import type { EntryView, PanelView } from '../../src/protocol/views';

/** The page's copy of the host's view, with its position in the sequence of changes. */
export interface Replica {
  /** Null until the first snapshot. */
  readonly view: PanelView | null;
  readonly epoch: number;
  readonly seq: number;
  /** Patches that could not be applied since the last one that could. */
  readonly missed: number;
}

/** The requested snapshot may get lost as well, so it is requested again after this many patches. */
const ASK_AGAIN_AFTER = 30;

/** `resync`: a message was missed. The replica is unchanged and a snapshot has to be requested. */
export interface Reduction {
  readonly replica: Replica;
  readonly resync: boolean;
}

export type ReplicaMessage = Extract<HostMessage, { type: 'snapshot' | 'patch' }>;
type Snapshot = Extract<HostMessage, { type: 'snapshot' }>;
type Patch = Extract<HostMessage, { type: 'patch' }>;
type TextChange = Extract<PanelChange, { type: 'text' }>;

export const emptyReplica: Replica = { view: null, epoch: -1, seq: -1, missed: 0 };

/** Applies a message. Messages may arrive in any order: stale ones are ignored, gaps cause a resync. */
export function reduce(replica: Replica, message: ReplicaMessage): Reduction {
  return message.type === 'snapshot' ? applySnapshot(replica, message) : applyPatch(replica, message);
}

function applySnapshot(replica: Replica, snapshot: Snapshot): Reduction {
  const isStale = replica.view !== null && isBefore(snapshot, replica);
  if (isStale) return { replica, resync: false };
  return { replica: { view: snapshot.view, epoch: snapshot.epoch, seq: snapshot.seq, missed: 0 }, resync: false };
}

function isBefore(snapshot: Snapshot, replica: Replica): boolean {
  return snapshot.epoch < replica.epoch || (snapshot.epoch === replica.epoch && snapshot.seq < replica.seq);
}

function applyPatch(replica: Replica, patch: Patch): Reduction {
  if (replica.view === null || patch.epoch > replica.epoch) return gap(replica);
  if (patch.epoch < replica.epoch || patch.seq <= replica.seq) return { replica, resync: false };
  if (patch.seq > replica.seq + 1) return gap(replica);
  let view: PanelView | null = replica.view;
  for (const change of patch.changes) {
    view = applyChange(view, change);
    if (view === null) return gap(replica);
  }
  return { replica: { view, epoch: patch.epoch, seq: patch.seq, missed: 0 }, resync: false };
}

const gap = (replica: Replica): Reduction => ({
  replica: { ...replica, missed: replica.missed + 1 },
  resync: replica.missed % ASK_AGAIN_AFTER === 0,
});

/** Null if the change does not apply, which means that a patch was missed. */
function applyChange(view: PanelView, change: PanelChange): PanelView | null {
  switch (change.type) {
    case 'entry':
      return withEntries(view, putEntry(view.conversation.entries, change.entry));
    case 'text':
      return applyText(view, change);
    case 'header':
      return { ...view, conversation: { ...change.header, entries: view.conversation.entries } };
    case 'live':
      return { ...view, live: change.live };
    case 'budget':
      return { ...view, budget: change.budget };
    case 'connection':
      return { ...view, connection: change.connection };
    case 'model':
      return { ...view, model: change.model };
    case 'quote':
      return { ...view, quote: change.quote };
    case 'circuit':
      return { ...view, circuit: change.circuit };
    case 'attachments':
      return { ...view, attachments: change.attachments };
    case 'banner':
      return { ...view, banner: change.banner };
  }
}

function withEntries(view: PanelView, entries: EntryView[]): PanelView {
  return { ...view, conversation: { ...view.conversation, entries } };
}

function putEntry(entries: readonly EntryView[], entry: EntryView): EntryView[] {
  const index = entries.findLastIndex((candidate) => candidate.id === entry.id);
  return index < 0 ? [...entries, entry] : entries.with(index, entry);
}

function applyText(view: PanelView, change: TextChange): PanelView | null {
  const { entries } = view.conversation;
  const index = entries.findLastIndex((candidate) => candidate.id === change.entryId);
  const entry = entries[index];
  if (entry === undefined) return null;
  const content = extend(entry.content, change.contentOffset, change.content);
  const reasoning = extend(entry.reasoning, change.reasoningOffset, change.reasoning);
  if (content === null || reasoning === null) return null;
  return withEntries(view, entries.with(index, { ...entry, content, reasoning, costText: change.costText }));
}

/** Inserts `more` at `offset`. Text that is already known stays; null if the offset is past the end. */
function extend(known: string, offset: number, more: string): string | null {
  if (offset > known.length) return null;
  const fresh = offset + more.length - known.length;
  return fresh <= 0 ? known : known + more.slice(-fresh);
}
