import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelId } from '../../../../src/domain/ids';
import type { Model } from '../../../../src/domain/model';
import { parseDecimal } from '../../../../src/domain/money';
import { ModelListFiles } from '../../../../src/infrastructure/openrouter/modelListFile';

const usd = (text: string) => parseDecimal(text)!;
const A = 'https://a.test/v1';
const B = 'https://b.test/v1';

const MODELS: readonly Model[] = [
  {
    id: modelId('a/full'),
    name: 'Full: ünïcode 🌍',
    contextLength: 1_050_000,
    maxCompletionTokens: 128_000,
    price: {
      prompt: usd('0.0000025'),
      completion: usd('1e-30'),
      cacheRead: usd('0'),
      cacheWrite: usd('123456.1234567890123456789012345678901234567890'),
      request: usd('0.005'),
      overrides: [
        {
          rates: {
            prompt: usd('0.000005'),
            completion: usd('1'),
            cacheRead: usd('1'),
            cacheWrite: usd('1'),
            request: usd('2'),
          },
          abovePromptTokens: 272_000,
          utcMinutes: { start: 1320, end: 1440 },
          utcDays: [0, 6],
        },
        { rates: {} },
      ],
    },
    inputModalities: ['text', 'image'],
    supportedParameters: ['max_tokens'],
    tokenizer: 'GPT',
  },
  {
    id: modelId('a/bare'),
    name: '',
    contextLength: null,
    maxCompletionTokens: null,
    price: null,
    inputModalities: [],
    supportedParameters: [],
    tokenizer: '',
  },
];

describe('ModelListFiles', () => {
  let folder: string;
  let files: ModelListFiles;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'model-lists-')), 'not', 'made');
    files = new ModelListFiles(folder);
  });
  afterEach(() => rm(path.resolve(folder, '..', '..'), { recursive: true, force: true }));

  /** The only file there is, and its text changed. */
  const change = async (edit: (text: string) => string): Promise<void> => {
    const [name = ''] = await readdir(folder);
    const file = path.join(folder, name);
    await writeFile(file, edit(await readFile(file, 'utf8')));
  };

  it('returns exactly what was saved', async () => {
    await files.write(A, MODELS, 1_790_000_000_123);
    assert.deepEqual(await new ModelListFiles(folder).read(A), { models: MODELS, atMs: 1_790_000_000_123 });
  });

  it('keeps the newest list of each server', async () => {
    await files.write(A, MODELS, 1);
    await files.write(B, MODELS.slice(1), 2);
    await files.write(A, MODELS.slice(0, 1), 3);
    assert.deepEqual(
      [await files.read(A), await files.read(B)],
      [
        { models: MODELS.slice(0, 1), atMs: 3 },
        { models: MODELS.slice(1), atMs: 2 },
      ],
    );
    assert.equal((await readdir(folder)).length, 2);
  });

  it('writes one list at a time and leaves no other files', async () => {
    const long = [{ ...MODELS[1]!, name: 'x'.repeat(7_000_000) }];
    await Promise.all([files.write(A, long, 1), files.write(A, MODELS, 2)]);
    assert.deepEqual(await files.read(A), { models: MODELS, atMs: 2 });
    assert.equal((await readdir(folder)).length, 1);
  });

  it('does not write the address down', async () => {
    await files.write('https://user:secret@private.test/v1', MODELS, 1);
    const [name = ''] = await readdir(folder);
    assert.doesNotMatch(name + (await readFile(path.join(folder, name), 'utf8')), /secret|private/);
  });

  it('has no list for an unknown server or without a folder', async () => {
    assert.equal(await files.read(A), undefined);
    await files.write(A, MODELS, 1);
    assert.equal(await files.read(B), undefined);
  });

  const DAMAGES: readonly { readonly name: string; readonly edit: (text: string) => string }[] = [
    { name: 'empty', edit: () => '' },
    { name: 'cut off', edit: (text) => text.slice(0, -10) },
    { name: 'not JSON', edit: () => 'nope' },
    { name: 'of a later version', edit: (text) => text.replace('"version":1', '"version":2') },
    { name: 'of another server', edit: (text) => text.replace(/"server":"../, '"server":"zz') },
    { name: 'without its time', edit: (text) => text.replace(/"atMs":\d+/, '"atMs":null') },
    { name: 'with a negative price', edit: (text) => text.replace('"digits":"25"', '"digits":"-25"') },
    { name: 'with a price that is no number', edit: (text) => text.replace('"digits":"25"', '"digits":"2x"') },
    { name: 'with a negative scale', edit: (text) => text.replace('"scale":7', '"scale":-7') },
    { name: 'with an absurd scale', edit: (text) => text.replace('"scale":7', '"scale":1000000000') },
    { name: 'with a rate it does not know', edit: (text) => text.replace('"cacheRead"', '"cacheread"') },
    {
      name: 'with a condition it does not know',
      edit: (text) => text.replace('"abovePromptTokens"', '"abovePromptToken"'),
    },
    { name: 'with a minute after midnight', edit: (text) => text.replace('1440', '1441') },
    { name: 'with an eighth day', edit: (text) => text.replace('[0,6]', '[0,7]') },
    { name: 'with a model without a name', edit: (text) => text.replace('"name":""', '"name":null') },
    { name: 'with a window of no token', edit: (text) => text.replace('1050000', '0') },
    { name: 'too large', edit: (text) => text + ' '.repeat(8 * 1024 * 1024) },
  ];
  for (const { name, edit } of DAMAGES) {
    it(`uses no file that is ${name}`, async () => {
      await files.write(A, MODELS, 1);
      await change((text) => {
        const edited = edit(text);
        assert.notEqual(edited, text);
        return edited;
      });
      assert.equal(await files.read(A), undefined);
      await files.write(A, MODELS, 2);
      assert.equal((await files.read(A))?.atMs, 2);
    });
  }

  it('never throws if the file cannot be written', async () => {
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(folder, 'a file where the folder should be');
    await files.write(A, MODELS, 1);
    assert.equal(await files.read(A), undefined);
  });

  it('leaves no draft behind when the file cannot be replaced', async () => {
    await files.write(A, MODELS, 1);
    const [name = ''] = await readdir(folder);
    await rm(path.join(folder, name));
    await mkdir(path.join(folder, name, 'in the way'), { recursive: true });
    await files.write(A, MODELS, 2);
    assert.deepEqual(await readdir(folder), [name]);
  });

  it('keeps the last list rather than one that is too large', async () => {
    await files.write(A, MODELS, 1);
    await files.write(A, [{ ...MODELS[1]!, name: 'x'.repeat(8 * 1024 * 1024) }], 2);
    assert.equal((await files.read(A))?.atMs, 1);
  });
});
