import { conversationId, generationId, messageId, modelId, reservationId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import type { StoreEvent } from '../../src/domain/storeEvent';
import {
  added,
  appended,
  billed,
  created,
  ended,
  renamed,
  reserved,
  settled,
  shell,
} from '../unit/infrastructure/store/storeEvents';
import type { SeededRandom } from './seededRandom';

const REPLY = 'The reply of a window that several windows look at while it grows, piece by piece. ';

/** Conversations and messages that some window has already made, so that others may refer to them. */
export class SharedHistory {
  readonly conversations: string[] = [];
  readonly messages: { readonly conversation: string; readonly id: string }[] = [];
  readonly reservations: string[] = [];
  private count = 0;

  nextId(kind: string): string {
    this.count += 1;
    return `${kind}${this.count}`;
  }
}

/** One window's random commits. A reply is only ever written on by the window that asked for it. */
export class RandomWindow {
  private streaming: { readonly conversation: string; readonly id: string; length: number } | undefined;

  constructor(
    private readonly history: SharedHistory,
    private readonly random: SeededRandom,
  ) {}

  /** The events of the next commit. `after` is called when they are durable: then others may refer to them. */
  next(): { readonly events: readonly StoreEvent[]; readonly after: () => void } {
    const { history, random } = this;
    if (history.conversations.length < 2 || random.chance(0.02)) return this.create();
    const roll = random.next();
    if (roll < 0.35) return this.message();
    if (roll < 0.75) return this.reply();
    if (roll < 0.85) return this.spend();
    if (roll < 0.89 && history.messages.length > 0) return { events: [this.bill()], after: () => undefined };
    return { events: [this.filing(random.pick(history.conversations))], after: () => undefined };
  }

  private get atMs(): number {
    return 1000 + this.random.below(1_000_000);
  }

  /** Windows number at the same time, so that numbers meet. */
  private create(): ReturnType<RandomWindow['next']> {
    const { history, random } = this;
    const id = history.nextId('c');
    const source = history.messages.length > 0 && random.chance(0.4) ? random.pick(history.messages) : undefined;
    const forkedFrom = source
      ? { conversationId: conversationId(source.conversation), messageId: messageId(source.id) }
      : null;
    return {
      events: [
        created(id, { runNumber: random.between(1, history.conversations.length + 2), forkedFrom, atMs: this.atMs }),
      ],
      after: () => history.conversations.push(id),
    };
  }

  private message(): ReturnType<RandomWindow['next']> {
    const { history, random } = this;
    const conversation = random.pick(history.conversations);
    const parents = history.messages.filter((message) => message.conversation === conversation);
    const parentId = parents.length > 0 && random.chance(0.9) ? messageId(random.pick(parents).id) : null;
    const id = history.nextId('m');
    return {
      events: [
        added(conversation, id, { parentId, atMs: this.atMs, content: `${id} ${'word '.repeat(random.below(40))}` }),
      ],
      after: () => history.messages.push({ conversation, id }),
    };
  }

  private reply(): ReturnType<RandomWindow['next']> {
    const { history, random } = this;
    if (!this.streaming) {
      const conversation = random.pick(history.conversations);
      const id = history.nextId('r');
      this.streaming = { conversation, id, length: 0 };
      return { events: [shell(conversation, id)], after: () => history.messages.push({ conversation, id }) };
    }
    const { conversation, id, length } = this.streaming;
    if (random.chance(0.2))
      return {
        events: [
          ended(conversation, id, {
            atMs: this.atMs,
            cost: { costNanoUsd: nanoUsd(random.below(1e9)), source: 'reported' },
          }),
        ],
        after: () => (this.streaming = undefined),
      };
    const piece = REPLY.slice(0, random.between(1, REPLY.length));
    this.streaming.length += piece.length;
    return { events: [appended(conversation, id, length, piece, { atMs: this.atMs })], after: () => undefined };
  }

  private spend(): ReturnType<RandomWindow['next']> {
    const { history, random } = this;
    if (history.reservations.length > 0 && random.chance(0.5)) {
      const id = random.pick(history.reservations);
      return { events: [this.settlement(id)], after: () => undefined };
    }
    const id = history.nextId('s');
    return { events: [reserved(id, random.below(1e9))], after: () => history.reservations.push(id) };
  }

  /** Of any window's reservation, as one that reconciles after another's death writes it. */
  private settlement(id: string): StoreEvent {
    const { random } = this;
    const about = { reservationId: reservationId(id), atMs: this.atMs };
    return random.pick<StoreEvent>([
      { ...settled(id, random.below(1e9)), atMs: this.atMs },
      {
        ...settled(id, random.below(1e9)),
        atMs: this.atMs,
        source: 'estimated',
        settledBy: random.pick(['stream', 'generation', 'person']),
        estimateNanoUsd: null,
      },
      { type: 'spend.identified', ...about, generationId: generationId(`gen-${id}`) },
      { type: 'spend.released', ...about },
      { type: 'spend.overrunAccepted', model: modelId(`vendor/model-${random.below(3)}`), atMs: this.atMs },
    ]);
  }

  /** Of any window's message. */
  private bill(): StoreEvent {
    const { history, random } = this;
    const { conversation, id } = random.pick(history.messages);
    const cost = { costNanoUsd: nanoUsd(random.below(1e9)), source: random.pick(['reported', 'estimated'] as const) };
    return billed(conversation, id, {
      cost,
      provider: random.chance(0.5) ? `Upstream ${random.below(3)}` : null,
      atMs: this.atMs,
    });
  }

  private filing(id: string): StoreEvent {
    const { random, history } = this;
    const about = { conversationId: conversationId(id), atMs: this.atMs };
    const leaf = history.messages.filter((message) => message.conversation === id).at(-1);
    return random.pick<StoreEvent>([
      renamed(id, `Title ${random.below(1000)}`),
      { type: 'conversation.modelChosen', model: modelId(`vendor/model-${random.below(9)}`), ...about },
      { type: 'conversation.tagged', tags: [`tag${random.below(9)}`], ...about },
      { type: 'conversation.pinned', pinned: random.chance(0.5), ...about },
      { type: 'conversation.archived', archived: random.chance(0.5), ...about },
      { type: 'conversation.deleted', deleted: random.chance(0.3), ...about },
      { type: 'branch.chosen', leafId: messageId(leaf?.id ?? 'nothing'), ...about },
    ]);
  }
}
