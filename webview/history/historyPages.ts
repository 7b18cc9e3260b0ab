import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView, NoticeView } from '../../src/protocol/views';
import type { RequestBody } from '../shared/events';
import { missingPages, pageOffset, unknownPages, withChange, withoutConversation, withPage } from './archivePages';
import type { ArchivePages, ArchiveFilter } from './archivePages';

type ConversationsAnswer = Extract<Answer, { kind: 'conversations' }>;

/** The active and archived lists. Loads pages on demand and reloads them after changes. */
export class HistoryPages {
  #byFilter: Readonly<Record<ArchiveFilter, ArchivePages>> = { active: unknownPages, archived: unknownPages };
  #totals: Readonly<Record<ArchiveFilter, number | null>> = { active: null, archived: null };
  #chosen: ArchiveFilter = 'active';
  #asked = new Set<number>();
  /** Visible places, loaded again after a change. */
  #seen: readonly number[] = [];
  /** Answers of an earlier generation are dropped. */
  #generation = 0;
  #isReloading = false;
  #isStale = false;

  constructor(
    private readonly request: (body: RequestBody) => Promise<Answer>,
    private readonly onChange: () => void,
    private readonly onRefused: (notice: NoticeView) => void,
  ) {}

  get chosen(): ArchiveFilter {
    return this.#chosen;
  }

  get pages(): ArchivePages {
    return this.#byFilter[this.#chosen];
  }

  totalOf(name: ArchiveFilter): number | null {
    return this.#totals[name];
  }

  /** Switches the filter and loads the first page. */
  async choose(name: ArchiveFilter): Promise<void> {
    this.#chosen = name;
    this.#forget();
    this.#seen = [];
    this.#put(name, unknownPages);
    await this.#load(0);
  }

  /** Loads missing places that are or soon will be visible, each once. */
  need(places: readonly number[]): void {
    this.#seen = places;
    for (const offset of missingPages(this.pages, places)) if (!this.#asked.has(offset)) void this.#load(offset);
  }

  /** Reloads visible places and forgets the rest. One reload at a time. */
  async reload(): Promise<void> {
    this.#isStale = true;
    if (this.#isReloading) return;
    this.#isReloading = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#reloadOnce();
    }
    this.#isReloading = false;
  }

  change(id: string, change: Partial<HistoryEntryView>): void {
    this.#put(this.#chosen, withChange(this.pages, id, change));
  }

  /** Removes a conversation from the current list. `isMoved`: it is in the other list now. */
  remove(id: string, isMoved: boolean): void {
    const other = this.#chosen === 'active' ? 'archived' : 'active';
    const total = this.#totals[other];
    if (isMoved && total !== null) this.#totals = { ...this.#totals, [other]: total + 1 };
    this.#put(this.#chosen, withoutConversation(this.pages, id));
  }

  async #reloadOnce(): Promise<void> {
    const name = this.#chosen;
    const generation = this.#forget();
    const offsets = [...new Set([0, ...this.#seen.map(pageOffset)])];
    for (const offset of offsets) this.#asked.add(offset);
    const answers = await Promise.all(
      offsets.map((offset) => this.request({ type: 'listConversations', filter: name, offset })),
    );
    if (generation !== this.#generation) return;
    let pages: ArchivePages = unknownPages;
    for (const [index, answer] of answers.entries()) {
      if (answer.kind === 'refused') return this.onRefused(answer.notice);
      if (answer.kind !== 'conversations') continue;
      pages = withPage(pages, { offset: offsets[index] ?? 0, ...answer });
      this.#takeTotal(answer);
    }
    this.#put(name, pages);
  }

  async #load(offset: number): Promise<void> {
    const generation = this.#generation;
    const name = this.#chosen;
    this.#asked.add(offset);
    const answer = await this.request({ type: 'listConversations', filter: name, offset });
    if (generation !== this.#generation) return;
    if (answer.kind === 'refused') this.onRefused(answer.notice);
    if (answer.kind !== 'conversations') return;
    this.#asked.delete(offset);
    this.#takeTotal(answer);
    this.#put(name, withPage(this.#byFilter[name], { offset, ...answer }));
  }

  #takeTotal({ archivedTotal }: ConversationsAnswer): void {
    this.#totals = { ...this.#totals, archived: archivedTotal };
  }

  #put(name: ArchiveFilter, pages: ArchivePages): void {
    this.#byFilter = { ...this.#byFilter, [name]: pages };
    if (pages.total !== null) this.#totals = { ...this.#totals, [name]: pages.total };
    this.onChange();
  }

  #forget(): number {
    this.#asked = new Set();
    this.#generation += 1;
    return this.#generation;
  }
}
