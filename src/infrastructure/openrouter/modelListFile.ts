import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { modelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { CachedModelList, ModelListCache } from '../../domain/ports/provider';

/** Ten times the longest known list. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** One file per server. The server's address may be private, so the file contains only its hash. */
export class ModelListFiles implements ModelListCache {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {}

  async read(baseUrl: string): Promise<CachedModelList | undefined> {
    try {
      const file = this.fileOf(baseUrl);
      if ((await stat(file)).size > MAX_FILE_BYTES) return undefined;
      const { server, models, atMs } = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
      return server === hashOf(baseUrl) ? { models, atMs } : undefined;
    } catch {
      return undefined;
    }
  }

  write(baseUrl: string, models: readonly Model[], atMs: number): Promise<void> {
    this.writing = this.writing.then(() => this.replace(baseUrl, models, atMs));
    return this.writing;
  }

  private async replace(baseUrl: string, models: readonly Model[], atMs: number): Promise<void> {
    const text = JSON.stringify({ version: 1, server: hashOf(baseUrl), atMs, models }, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (Buffer.byteLength(text) > MAX_FILE_BYTES) return;
    const file = this.fileOf(baseUrl);
    // Each window has its own process and draft. A draft left by a crash is overwritten.
    const draft = `${file}.${process.pid}.tmp`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, text);
      await rename(draft, file);
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  private fileOf(baseUrl: string): string {
    return path.join(this.folder, `models-${hashOf(baseUrl).slice(0, 16)}.json`);
  }
}

const hashOf = (baseUrl: string): string => createHash('sha256').update(baseUrl).digest('hex');

/** A changed or damaged file is ignored, because it is only a copy. */
const decimal = z.object({
  digits: z
    .string()
    .regex(/^\d{1,100}$/)
    .transform(BigInt),
  scale: z.number().int().min(0).max(1_100),
});
const tokens = z.number().int().positive().nullable();
const otherRates = {
  cacheRead: decimal.exactOptional(),
  cacheWrite: decimal.exactOptional(),
  request: decimal.exactOptional(),
};
const minute = z
  .number()
  .int()
  .min(0)
  .max(24 * 60);

const overrideSchema = z.strictObject({
  rates: z.strictObject({ prompt: decimal.exactOptional(), completion: decimal.exactOptional(), ...otherRates }),
  abovePromptTokens: z.number().int().min(0).exactOptional(),
  utcMinutes: z.strictObject({ start: minute, end: minute }).exactOptional(),
  utcDays: z.array(z.number().int().min(0).max(6)).exactOptional(),
});

const priceSchema = z.strictObject({
  prompt: decimal,
  completion: decimal,
  ...otherRates,
  overrides: z.array(overrideSchema).exactOptional(),
});

const fileSchema = z.object({
  version: z.literal(1),
  server: z.string(),
  atMs: z.number().int().min(0),
  models: z.array(
    z.object({
      id: z.string().min(1).transform(modelId),
      name: z.string(),
      contextLength: tokens,
      maxCompletionTokens: tokens,
      price: priceSchema.nullable(),
      inputModalities: z.array(z.string()),
      supportedParameters: z.array(z.string()),
      tokenizer: z.string(),
    }),
  ),
});
