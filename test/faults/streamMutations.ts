import type { Mutation } from './mutations';

const CLIENT = 'src/infrastructure/openrouter';

/** Mutations of the code that translates a stream's bytes to events. */
function mutation(
  name: string,
  file: 'decoder' | 'dialect' | 'replyStream' | 'watchdog' | 'networkFailures',
  find: string,
  replace: string,
  fault: 'W1' | 'W2' | 'W3',
): Mutation {
  return { name, edits: [{ file: `${CLIENT}/${file}.ts`, find, replace }], suite: 'streams', fault };
}

export const STREAM_MUTATIONS: readonly Mutation[] = [
  mutation(
    'each piece of bytes is decoded on its own',
    'decoder',
    'this.text.decode(accepted, { stream: true })',
    'new TextDecoder().decode(accepted)',
    'W1',
  ),
  mutation(
    'byte order marks between bodies stay',
    'decoder',
    'this.parser.feed(this.withoutMarks(text));',
    'this.parser.feed(text);',
    'W1',
  ),
  mutation(
    'an event that is whole in one piece may be of any size',
    'decoder',
    "if (text.length > this.limits.maxEventLength) this.overflow('event');\n    else if",
    'if',
    'W1',
  ),
  mutation(
    'the name of the field counts towards the size of its event',
    'decoder',
    'limits.maxEventLength + FIELD.length',
    'limits.maxEventLength',
    'W1',
  ),
  mutation(
    'a reply may be of any size',
    'decoder',
    'bytes.length > room ? bytes.subarray(0, room) : bytes',
    'bytes',
    'W1',
  ),
  mutation(
    'an event that was cut off is dispatched',
    'decoder',
    'this.parse(this.text.decode());',
    'this.parse(`${this.text.decode()}\\n\\n`);',
    'W1',
  ),
  mutation(
    'a reason alone makes a reply whole',
    'dialect',
    'return this.finishReason !== undefined && (this.marked || this.isUsageSent);',
    'return this.finishReason !== undefined;',
    'W1',
  ),
  mutation('what comes behind the end mark counts', 'dialect', '    if (this.done) return [];\n', '', 'W1'),
  mutation(
    'every reason is emitted',
    'dialect',
    "reason === '' || this.finishReason !== undefined || this.failure",
    "reason === ''",
    'W1',
  ),
  mutation(
    'every price is emitted',
    'dialect',
    'if (!this.usage || this.isUsageSent) return [];',
    'if (!this.usage) return [];',
    'W1',
  ),
  mutation(
    'running totals are taken for the price',
    'dialect',
    'const usage = this.closed ? this.pendingUsage() : [];',
    'const usage = this.pendingUsage();',
    'W1',
  ),
  mutation(
    'counts of zero are a price',
    'dialect',
    'return cost !== null || isCounted(this.usage) ?',
    'return this.usage ?',
    'W1',
  ),
  mutation('errors inside a stream are passed over', 'dialect', '    if (error) this.fail(error);\n', '', 'W1'),
  mutation(
    'an event that is no JSON is passed over',
    'dialect',
    "if (!chunk.success) return this.broken({ kind: 'eventNotJson' });",
    'if (!chunk.success) return [];',
    'W1',
  ),
  mutation(
    'half a character is emitted',
    'dialect',
    "this.halves[type] = /[\\ud800-\\udbff]$/.exec(whole)?.[0] ?? '';",
    "this.halves[type] = '';",
    'W1',
  ),
  mutation(
    'comments passed on as data are read',
    'dialect',
    "data === '' || data.startsWith(':')",
    "data === ''",
    'W1',
  ),
  mutation('a web page begins a reply', 'replyStream', " || type.includes('html')", '', 'W1'),
  mutation(
    'text that is no stream is passed over',
    'replyStream',
    'if (isForeign(head)) {',
    "if (head === '-') {",
    'W1',
  ),
  mutation(
    'a connection that breaks in mid-reply never was one',
    'replyStream',
    "failure.code === 'NETWORK' ? { ...failure, code: 'TRUNCATED' } : failure",
    'failure',
    'W1',
  ),
  mutation('reading goes on behind the end mark', 'replyStream', 'while (!this.dialect.done) {', 'for (;;) {', 'W2'),
  mutation('redirects are followed', 'replyStream', "redirect: 'error'", "redirect: 'follow'", 'W3'),
  mutation(
    'signs of life are content',
    'replyStream',
    "if (!translated.some(({ type }) => type === 'waiting')) this",
    'this',
    'W2',
  ),
  mutation(
    'empty data and comments as data are content',
    'replyStream',
    "if (!translated.some(({ type }) => type === 'waiting')) this",
    "if (event.type === 'data') this",
    'W2',
  ),
  mutation('the limit for the first byte holds for all', 'watchdog', '    if (first) this.check();\n', '', 'W2'),
  mutation(
    'a reply may take any time',
    'watchdog',
    "deadline(startedAtMs, 'STALLED',",
    "deadline(Infinity, 'STALLED',",
    'W2',
  ),
  mutation(
    'signs of life prolong the wait for the end mark',
    'watchdog',
    "deadline(settledAtMs, silence, 'noEndMark'",
    "deadline(lastByteAtMs, silence, 'noEndMark'",
    'W2',
  ),
  mutation('a flood of headers is a broken connection', 'networkFailures', '|UND_ERR_HEADERS_OVERFLOW', '', 'W3'),
];
