import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { conversationId } from '../../src/domain/ids';
import { openStore } from '../unit/infrastructure/store/storeFixtures';
import { NEXT_DAY } from './crashes';
import { type FaultTally, fault } from './faultReport';
import { Lane, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import { checkWitnesses } from './witness';

const CORPUS = path.join(__dirname, '..', 'fixtures', 'stores');

const expectedSchema = z.record(
  z.string(),
  z.strictObject({
    /** Text of every message by its id, of every conversation by its id. */
    conversations: z.record(z.string(), z.record(z.string(), z.string())),
    state: z.enum(['ready', 'warnings', 'readOnly']),
  }),
);
type ExpectedStore = z.infer<typeof expectedSchema>[string];

function diskOf(name: string): ModelDisk {
  const disk = new ModelDisk();
  const folder = path.join(CORPUS, name);
  for (const file of readdirSync(folder)) disk.put(file, readFileSync(path.join(folder, file)));
  return disk;
}

async function checkShown(disk: ModelDisk, expected: ExpectedStore, tally: FaultTally, where: string): Promise<void> {
  const store = openStore('model', { files: disk, clock: NEXT_DAY });
  for (const [id, messages] of Object.entries(expected.conversations)) {
    const loaded = [...((await store.load(conversationId(id)))?.messages.values() ?? [])];
    const texts = new Map(loaded.map((message) => [String(message.id), message.content]));
    tally.checked(Object.keys(messages).length);
    for (const [message, text] of Object.entries(messages)) {
      if (!texts.has(message)) tally.lost(`${message} ${where}`);
      else if (texts.get(message) !== text) tally.wrong(`${message} says “${texts.get(message)}” ${where}`);
    }
    for (const message of texts.keys())
      if (!(message in messages)) tally.wrong(`${message} is shown and unexpected ${where}`);
  }
  const state = await store.state();
  const kind = state.kind === 'ready' && state.warnings.length > 0 ? 'warnings' : state.kind;
  if (kind !== expected.state) tally.wrong(`${JSON.stringify(state)} instead of ${expected.state} ${where}`);
  await store.close();
}

describe('faults: corpus', () => {
  fault('F20', 'the corpus of old and damaged stores', 120_000, async ({ tally }) => {
    const expected = expectedSchema.parse(JSON.parse(readFileSync(path.join(CORPUS, 'expected.json'), 'utf8')));
    const folders = readdirSync(CORPUS, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    for (const name of folders) {
      const store = expected[name];
      if (!store) throw new Error(`expected.json does not say what is in ${name}`);
      const disk = diskOf(name);
      const originals = disk.contents();
      await checkShown(disk, store, tally, `in ${name}`);
      for (const [file, bytes] of originals)
        if (!disk.contents().get(file)?.equals(bytes)) tally.wrong(`${file} of ${name} was changed by looking`);
      tally.case();
      if (store.state === 'readOnly') continue;
      const lane = new Lane('a');
      const next = openStore('model', { files: disk });
      for (let i = 0; i < 3; i++) await commitNext(next, lane, 20);
      await next.close();
      await checkShown(disk, store, tally, `in ${name} when more was written`);
      const again = openStore('model', { files: disk });
      await checkWitnesses(again, [lane], tally, `behind ${name}`);
      await again.close();
    }
    tally.note(`${folders.length} stores`);
  });
});
