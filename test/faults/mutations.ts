import { STREAM_MUTATIONS } from './streamMutations';

/**
 * A suite that cannot fail proves nothing. Each of these breaks the code in one way that a reviewer might miss, and
 * names the faults of which at least one has to notice.
 */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The test file that runs over the broken copy. */
  readonly suite: string;
  /** Only this fault of it. */
  readonly fault: string;
}

export interface Edit {
  /** Relative to the project. */
  readonly file: string;
  /** Must occur exactly once, or the mutation says nothing any more. */
  readonly find: string;
  readonly replace: string;
}

const STORE = 'src/infrastructure/store';
const FRAME = `${STORE}/journal/frame.ts`;
const CURSOR = `${STORE}/journal/cursor.ts`;
const OWN_JOURNAL = `${STORE}/journal/ownJournal.ts`;
const WRITER = `${STORE}/journal/writer.ts`;
const SNAPSHOTS = `${STORE}/projection/snapshots.ts`;

const WRITE = '    await this.writeAll(bytes);\n';
const LINKED =
  '    // The name is checked during the flush, which saves a round trip to the thread pool. `isLinked` never rejects.\n    const linked = this.file.isLinked();\n';
const FLUSH = '    await this.file.sync();\n    if (isNew)';
const GATE = 'src/application/spend/gate.ts';
const RESERVE = `      await ledger.reserve({
        reservationId: id,
        conversationId,
        messageId,
        model,
        worstCaseNanoUsd,
        quote: { promptTokens, maxTokens },
        dayUtc,
      });
`;
const REFRESH =
  '      const refusal = (await this.refresh(request)) ?? this.overLimit(request, dayUtc, worstCaseNanoUsd);\n';
const ABANDON =
  '      await this.journal?.abandon();\n      this.journal = undefined;\n      for (const commit of batch)';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acknowledged before the durable write',
    edits: [
      {
        file: OWN_JOURNAL,
        find: WRITE + LINKED + FLUSH,
        replace:
          LINKED + '    this.writeAll(bytes).then(() => this.file.sync()).catch(() => undefined);\n    if (isNew)',
      },
    ],
    suite: 'f09PowerLoss',
    fault: 'F9',
  },
  {
    name: 'the checksum of a frame is not verified',
    edits: [
      {
        file: FRAME,
        find: "  if (checksum(header, payload) !== header.readUInt32LE(4)) return { kind: 'bad' };\n",
        replace: '',
      },
    ],
    suite: 'f02Damage',
    fault: 'F3',
  },
  {
    name: 'a journal is not flushed',
    edits: [{ file: OWN_JOURNAL, find: FLUSH, replace: '    if (isNew)' }],
    suite: 'f09PowerLoss',
    fault: 'F9',
  },
  {
    name: 'appends go on behind a failed write',
    edits: [
      { file: WRITER, find: ABANDON, replace: '      for (const commit of batch)' },
      {
        file: OWN_JOURNAL,
        find: WRITE + LINKED + FLUSH,
        replace:
          LINKED +
          '    try {\n      await this.writeAll(bytes);\n      await this.file.sync();\n    } catch (error) {\n      this.nextPosition += bytes.length;\n      throw error;\n    }\n    if (isNew)',
      },
    ],
    suite: 'f05FailingCalls',
    fault: 'F5',
  },
  {
    name: 'a flush that failed is tried again and believed',
    edits: [
      {
        file: OWN_JOURNAL,
        find: FLUSH,
        replace: '    await this.file.sync().catch(() => this.file.sync());\n    if (isNew)',
      },
    ],
    suite: 'f05FailingCalls',
    fault: 'F5',
  },
  {
    name: 'the name of a new journal is not flushed',
    edits: [{ file: OWN_JOURNAL, find: '    if (isNew) await this.files.syncDirectory();\n', replace: '' }],
    suite: 'f09PowerLoss',
    fault: 'F9',
  },
  {
    name: 'the first write counts as the whole',
    edits: [{ file: OWN_JOURNAL, find: '      written += taken;\n', replace: '      written = bytes.length;\n' }],
    suite: 'f05FailingCalls',
    fault: 'F6',
  },
  {
    name: 'a damaged record at the end passes for one that was cut',
    edits: [
      {
        file: CURSOR,
        find: '    const isCut = to < claimed && !',
        replace: '    const isCut = to < claimed + 4096 || !',
      },
    ],
    suite: 'f02Damage',
    fault: 'F3',
  },
  {
    name: 'a record of another length than it claims passes for one that was cut',
    edits: [
      {
        file: CURSOR,
        find: ' && !(this.offset === start && hasWrongLength(this.buffer.subarray(0, to - start), 0))',
        replace: '',
      },
    ],
    suite: 'f02Damage',
    fault: 'F3',
  },
  {
    name: 'a record that was cut in a reserve passes for damage',
    edits: [
      { file: CURSOR, find: '    else if (isCut) this.end', replace: '    else if (isCut && this.size < 0) this.end' },
    ],
    suite: 'f02Damage',
    fault: 'F2',
  },
  {
    name: 'what is written into a reserve is not looked for',
    edits: [
      {
        file: CURSOR,
        find: " && this.end.kind === 'whole' && this.offset < this.size) {",
        replace: " && this.end.kind === 'whole' && this.offset < this.size && this.zerosTo < this.size) {",
      },
    ],
    suite: 'f02Damage',
    fault: 'F2',
  },
  {
    name: 'what stands behind damage is not looked for',
    edits: [
      {
        file: CURSOR,
        find: '      const next = this.nextOwnFrame();\n',
        replace: '      const next = this.size < 0 ? 0 : undefined;\n',
      },
    ],
    suite: 'f02Damage',
    fault: 'F3',
  },
  {
    name: 'the hash of a snapshot is not verified',
    edits: [
      { file: SNAPSHOTS, find: '      if (sha256Of(bytes) !== expected.sha256) return undefined;\n', replace: '' },
    ],
    suite: 'f08Snapshots',
    fault: 'F14',
  },
  {
    name: 'what comes late wins over what is later',
    edits: [
      {
        file: `${STORE}/projection/conversationFold.ts`,
        find: ' AND ${register}_stamp <= ?2`',
        replace: ' AND ?2 = ?2`',
      },
    ],
    suite: 'f10Convergence',
    fault: 'F10',
  },
  {
    name: 'a newer version is not noticed',
    edits: [
      {
        file: `${STORE}/spendIndex.ts`,
        find: '    if (frame.schema > EVENT_SCHEMA_VERSION) this.newer.add(journalName(frame.writer));\n    else if',
        replace: '    if',
      },
    ],
    suite: 'f17Versions',
    fault: 'F17',
  },
  ...STREAM_MUTATIONS,
  {
    name: 'the gate refreshes before it reserves',
    edits: [{ file: GATE, find: RESERVE + REFRESH, replace: REFRESH + RESERVE }],
    suite: 'f21Budget',
    fault: 'F21',
  },
  {
    name: 'the gate ignores unsettled reservations',
    edits: [
      {
        file: GATE,
        find: 'nanoUsd(limitNanoUsd - settledNanoUsd - unsettledNanoUsd)',
        replace: 'nanoUsd(limitNanoUsd - settledNanoUsd + 0 * unsettledNanoUsd)',
      },
    ],
    suite: 'f21Budget',
    fault: 'F21',
  },
  {
    name: 'a settlement only frees its reservation',
    edits: [
      {
        file: 'src/domain/budget.ts',
        find: 'if (settled) return { settledNanoUsd: settled.costNanoUsd,',
        replace: 'if (settled) return { settledNanoUsd: ZERO_USD,',
      },
    ],
    suite: 'f21Budget',
    fault: 'F21',
  },
  {
    name: 'two sends at once pass the checks',
    edits: [
      { file: 'src/application/turn/slots.ts', find: 'if (this.preparing.has(id) || ', replace: 'if (' },
      {
        file: 'src/application/turn/slots.ts',
        find: "    if (!claim) throw new RefusedError({ code: 'BUSY' });\n    this.claims.set(id, claim);\n",
        replace: '    if (claim) this.claims.set(id, claim);\n',
      },
    ],
    suite: 'f23Messages',
    fault: 'F23',
  },
];
