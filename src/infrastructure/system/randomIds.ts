import { randomUUID } from 'node:crypto';
import type { IdSource } from '../../domain/ports/system';

/** 122 random bits in 32 hex digits: unique over all windows and machines without asking anyone. UUIDs come from a supply that Node draws at once. */
export const randomIds: IdSource = { next: () => randomUUID().replaceAll('-', '') };
