import { randomBytes } from 'node:crypto';
import type { IdSource } from '../../domain/ports';

/** 128 random bits as 32 hex digits: unique over all windows and machines without asking anyone. */
export const randomIds: IdSource = { next: () => randomBytes(16).toString('hex') };
