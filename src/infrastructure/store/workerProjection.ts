import { Worker } from 'node:worker_threads';
import { Emitter } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import type { ProjectionChange } from './projection/openProjection';
import type { ProjectionFindings } from './projection/projection';
import type { CommittedFrame } from './journal/writer';
import type { ProjectionInspection } from './projectionInspection';
import type { StoreProjection, ProjectionQuestions } from './storeProjection';

type AnyQuestion = {
  readonly [Q in keyof ProjectionQuestions]: {
    readonly kind: 'ask';
    readonly question: Q;
    readonly parameters: Parameters<ProjectionQuestions[Q]>;
  };
}[keyof ProjectionQuestions];

export interface WorkerSetup {
  readonly directory: string;
  readonly wasmPath: string;
  /** Journals that this process has written so far. */
  readonly ownWriters: readonly string[];
}

type RequestBody = AnyQuestion | { readonly kind: 'refresh' | 'save' | 'findings' | 'inspect' | 'repair' | 'close' };
export type WorkerRequest = RequestBody & { readonly id: number };

export type WorkerAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: unknown }
  | { readonly kind: 'changed'; readonly change: ProjectionChange }
  | { readonly kind: 'log'; readonly level: keyof Logger; readonly message: string };

export interface WorkerProjectionOptions {
  /** The bundle of storeWorker.ts. */
  readonly workerPath: string;
  readonly directory: string;
  readonly wasmPath: string;
  readonly log: Logger;
}

/** Commits are sent to the thread after this delay, or earlier with the next question. */
const SEND_DELAY_MS = 20;

interface WaitingRequest {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The projection on its own thread. The first question starts the thread; after a crash, the next one restarts it. */
export class WorkerProjection implements StoreProjection {
  private worker: Worker | undefined;
  private readonly ownWriters = new Set<string>();
  private readonly waiting = new Map<number, WaitingRequest>();
  private lastId = 0;
  /** Commits that have not been sent to the thread. */
  private unsent: CommittedFrame[] = [];
  private readonly changed = new Emitter<ProjectionChange>((error) =>
    this.options.log.error(`store: a listener failed: ${String(error)}`),
  );
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: WorkerProjectionOptions) {}

  ask<Q extends keyof ProjectionQuestions>(
    question: Q,
    ...parameters: Parameters<ProjectionQuestions[Q]>
  ): Promise<ReturnType<ProjectionQuestions[Q]>> {
    return this.request({ kind: 'ask', question, parameters } as unknown as AnyQuestion);
  }

  apply(frame: CommittedFrame): void {
    this.ownWriters.add(frame.writer);
    if (!this.worker) return;
    // Send batches with a delay: callers that wait for the commit continue first, and waking a thread is slow.
    if (this.unsent.push(frame) === 1) setTimeout(() => this.sendFrames(), SEND_DELAY_MS).unref();
  }

  /** Answers to later requests include these frames. */
  private sendFrames(): void {
    const frames = this.unsent.splice(0);
    if (frames.length > 0) this.worker?.postMessage({ kind: 'apply', frames });
  }

  refresh(): Promise<void> {
    return this.worker ? this.request({ kind: 'refresh' }) : Promise.resolve();
  }

  save(): Promise<void> {
    return this.request({ kind: 'save' });
  }

  findings(): Promise<ProjectionFindings> {
    return this.worker
      ? this.request({ kind: 'findings' })
      : Promise.resolve({ lamport: 0, unreadableEvents: 0, damagedSnapshots: [], unreadable: [] });
  }

  inspect(): Promise<ProjectionInspection> {
    return this.request({ kind: 'inspect' });
  }

  repair(): Promise<ProjectionInspection> {
    return this.request({ kind: 'repair' });
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (worker) await this.request({ kind: 'close' }).catch(() => undefined);
    this.changed.dispose();
    await worker?.terminate();
  }

  private request<T>(body: RequestBody): Promise<T> {
    const worker = (this.worker ??= this.start());
    this.sendFrames();
    return new Promise<T>((resolve, reject) => {
      this.lastId += 1;
      this.waiting.set(this.lastId, { resolve, reject });
      worker.postMessage({ ...body, id: this.lastId });
    });
  }

  private start(): Worker {
    const { workerPath, directory, wasmPath, log } = this.options;
    const workerData: WorkerSetup = { directory, wasmPath, ownWriters: [...this.ownWriters] };
    const worker = new Worker(workerPath, { workerData });
    worker.unref();
    let cause: unknown = new Error('the history thread has ended');
    worker.on('message', (answer: WorkerAnswer) => this.receive(answer));
    worker.on('error', (error) => (cause = error));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      const unanswered = [...this.waiting.values()];
      this.waiting.clear();
      if (unanswered.length > 0) log.error(`store: the projection's thread ended: ${String(cause)}`);
      for (const { reject } of unanswered) reject(cause);
    });
    return worker;
  }

  private receive(answer: WorkerAnswer): void {
    if (answer.kind === 'changed') this.changed.fire(answer.change);
    else if (answer.kind === 'log') this.options.log[answer.level](answer.message);
    else {
      const request = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.kind === 'failure') request?.reject(answer.error);
      // The worker is from the same build, so the answer has the type of the question.
      else request?.resolve(answer.value as never);
    }
  }
}
