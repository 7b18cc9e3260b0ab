import { randomBytes } from 'node:crypto';

const PATTERN = /^j-[0-9a-f]{32}\.log$/;

/**
 * A writer's id: 128 bits straight from the system. That two windows never choose the same journal rests on
 * this alone, so it does not come from a source that a caller could replace.
 */
export const newWriterId = (): string => randomBytes(16).toString('hex');

export const journalName = (writer: string): string => `j-${writer}.log`;

/** Other files of the folder are nobody's journal, whatever they hold. */
export const isJournalName = (name: string): boolean => PATTERN.test(name);

/** The writer named by a journal's file name. */
export const writerOf = (name: string): string => name.slice('j-'.length, -'.log'.length);
