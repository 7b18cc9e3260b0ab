import type { StoreState } from '../../src/domain/ports/store';

/** Command for a window in a process of its own. */
export type WriterJob =
  /** Commits on every lane at once, with questions of these lengths in turn, until it is killed. `reads`: loads and saves snapshots as well. */
  | {
      readonly kind: 'write';
      readonly directory: string;
      readonly lanes: readonly string[];
      readonly units: readonly number[];
      readonly reads: boolean;
    }
  /** Reads, asks for the state and commits once. */
  | { readonly kind: 'probe'; readonly directory: string; readonly lane: string };

export type WriterReport =
  | { readonly kind: 'acknowledged'; readonly lane: string }
  /** `messages` is null where loading failed with an error. */
  | { readonly kind: 'probed'; readonly messages: number | null; readonly state: StoreState; readonly saved: boolean };
