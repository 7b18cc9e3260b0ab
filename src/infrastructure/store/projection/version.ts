/**
 * Version of the projection: of the tables in schema.ts, search/schema.ts and spendSchema.ts (`PRAGMA user_version`), and of what a
 * snapshot's manifest tells the budget's gate. The projection holds nothing that the journals do not: another version is not
 * migrated but folded anew.
 */
export const PROJECTION_VERSION = 8;
