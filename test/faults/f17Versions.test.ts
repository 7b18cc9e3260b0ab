import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { conversationId } from '../../src/domain/ids';
import type { JournalFiles } from '../../src/infrastructure/store/journal/files';
import {
  FILE_HEADER_BYTES,
  FORMAT_VERSION,
  encodeFileHeader,
  encodeFrame,
} from '../../src/infrastructure/store/journal/frame';
import { EVENT_SCHEMA_VERSION } from '../../src/infrastructure/store/journal/eventSchema';
import { openStore, openStoreWithProjection } from '../unit/infrastructure/store/storeFixtures';
import { checkRecovers, crashEverywhere } from './crashes';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import { checkWitnesses } from './witness';

const FIRST_VERSION = path.join(__dirname, '..', 'fixtures', 'stores', 'schema-1');
const NEWER_WRITER = 'f'.repeat(32);

/** What a later version may leave in the folder. */
function newerFiles(): readonly { readonly name: string; readonly file: string; readonly bytes: Buffer }[] {
  const frame = encodeFrame(
    { writer: NEWER_WRITER, seq: 0, lamport: 10_000, schema: EVENT_SCHEMA_VERSION + 1 },
    '[{"type":"conversation.painted","colour":"green"}]',
  );
  const header = encodeFileHeader();
  header.writeUInt32LE(FORMAT_VERSION + 1, 8);
  header.writeUInt32LE(crc32(header.subarray(0, FILE_HEADER_BYTES - 4)), FILE_HEADER_BYTES - 4);
  const file = `j-${NEWER_WRITER}.log`;
  return [
    { name: 'a record of a newer schema', file, bytes: Buffer.concat([encodeFileHeader(), frame]) },
    {
      name: 'a record of a newer schema with a cut end',
      file,
      bytes: Buffer.concat([encodeFileHeader(), frame, frame.subarray(0, 30)]),
    },
    { name: 'a journal of a newer format', file, bytes: Buffer.concat([header, Buffer.from('whatever comes then')]) },
  ];
}

/** The old content is shown, nothing is taken, not a byte changes. */
async function checkReadOnly(disk: ModelDisk, lane: Lane, tally: FaultTally, where: string): Promise<void> {
  const before = disk.contents();
  const { store, projection } = openStoreWithProjection('model', { files: disk });
  await checkWitnesses(store, [lane], tally, where);
  const state = await store.state();
  if (state.kind !== 'readOnly' || state.reason.kind !== 'newerVersion')
    tally.wrong(`${JSON.stringify(state)} ${where}`);
  if (await commitNext(store, new Lane('b'), 20)) tally.wrong(`a commit was taken ${where}`);
  await projection.refresh();
  await store.close();
  const after = disk.contents();
  if (after.size !== before.size || [...before].some(([name, bytes]) => !after.get(name)?.equals(bytes)))
    tally.wrong(`files were changed ${where}`);
  tally.case();
}

function diskOfFirstVersion(): ModelDisk {
  const disk = new ModelDisk();
  for (const name of readdirSync(FIRST_VERSION)) disk.put(name, readFileSync(path.join(FIRST_VERSION, name)));
  return disk;
}

/** What stands in the fixture, whatever has been written since. */
async function checkFirstVersion(files: JournalFiles, tally: FaultTally, where: string): Promise<void> {
  const store = openStore('model', { files });
  const whole = await store.load(conversationId('c1'));
  const cut = await store.load(conversationId('c2'));
  if (whole?.title !== 'Schema one' || [...whole.messages.values()].some(({ state }) => state !== 'complete'))
    tally.lost(`the whole conversation ${where}`);
  if ([...(cut?.messages.values() ?? [])].at(-1)?.content !== 'Half of an ans') tally.lost(`the cut reply ${where}`);
  tally.checked(2);
  await store.close();
}

describe('faults: versions', () => {
  fault(
    'F17',
    'stores of a newer and of an older version, and a crash while changing over',
    300_000,
    async ({ tally, random }) => {
      for (const withSnapshot of [false, true]) {
        for (const { name, file, bytes } of newerFiles()) {
          const disk = new ModelDisk();
          const lane = new Lane('a');
          const { store, projection } = openStoreWithProjection('model', { files: disk });
          for (let i = 0; i < 3; i++) await commitNext(store, lane, 30);
          if (withSnapshot) await projection.save();
          await store.close();
          disk.put(file, bytes);
          await checkReadOnly(disk, lane, tally, `with ${name}${withSnapshot ? ' and a snapshot' : ''}`);
        }
      }
      const old = diskOfFirstVersion();
      const originals = old.contents();
      const lane = new Lane('a');
      const crashes = await crashEverywhere({
        disk: old,
        lanes: [lane],
        random,
        powerCuts: 1,
        chance: bySize({ quick: 0.3, full: 1 }),
        run: async (files) => {
          const { store, projection } = openStoreWithProjection('model', { files });
          for (let i = 0; i < 3; i++) await commitNext(store, lane, 30);
          await projection.save();
          await commitNext(store, lane, 30);
          await store.close();
        },
      });
      for (const crash of crashes) {
        await checkFirstVersion(crash.disk, tally, crash.where);
        await checkRecovers({ ...crash, killedOnly: false }, tally);
        for (const [name, bytes] of originals)
          if (!crash.disk.contents().get(name)?.equals(bytes)) tally.wrong(`${name} was changed ${crash.where}`);
      }
    },
  );
});
