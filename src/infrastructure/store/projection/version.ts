/**
 * Version of the view: of the tables in viewSchema, searchSchema and spendSchema (`PRAGMA user_version`), and of what a
 * snapshot's manifest tells the budget's gate. The view holds nothing that the journals do not: another version is not
 * migrated but folded anew.
 */
export const VIEW_SCHEMA_VERSION = 8;
