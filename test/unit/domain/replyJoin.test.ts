import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReplyJoin, textToContinue } from '../../../src/domain/replyJoin';

function joined(old: string, pieces: readonly string[]): string {
  const join = new ReplyJoin(old);
  return old + pieces.map((piece) => join.take(piece)).join('') + join.end();
}

/** Pieces of these lengths, over and over, in UTF-16 units. */
function cutInto(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

const story =
  'Once upon a time there was a parser. It read events from a socket, one line at a time, and it dropped the last one because no blank line came.';
const imports =
  "```ts\nimport assert from 'node:assert/strict';\nimport fc from 'fast-check';\nimport { parse } from './parser';\n";
const long = Array.from({ length: 60 }, (_, i) => `Sentence number ${i} says something new. `).join('');

describe('the join of a continued reply', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['a word that was cut', 'hel', 'lo', 'hello'],
    ['nothing new', 'hello', '', 'hello'],
    ['nothing old', '', 'hello', 'hello'],
    // White space.
    ['a space that comes again', 'One ', ' two', 'One two'],
    ['a space that does not', 'One ', 'two', 'One two'],
    ['a paragraph that comes again', 'One.\n\n', '\n\nTwo.', 'One.\n\nTwo.'],
    ['half a paragraph that comes again', 'One.\n\n', '\nTwo.', 'One.\n\nTwo.'],
    ['more white space than was there', 'One.\n', '\n\nTwo.', 'One.\n\nTwo.'],
    ['the end of the white space', 'One. \n', '\nTwo.', 'One. \nTwo.'],
    ['an indentation that comes again and goes on', 'if (a) {\n  ', '\n    b();', 'if (a) {\n    b();'],
    ['other white space', 'One.\n', ' two', 'One.\n two'],
    ['nothing but white space again', 'One.\n\n', '\n\n', 'One.\n\n'],
    ['a space that was not there', 'One', ' two', 'One two'],
    ['a fence of its own', '```ts\nlet a = 1;', '\n```\nDone.', '```ts\nlet a = 1;\n```\nDone.'],
    // The last part again.
    ['the last sentence', story, `${story.slice(-60)} So it waited.`, `${story} So it waited.`],
    ['16 characters', story, `${story.slice(-16)} So.`, `${story} So.`],
    ['15 characters are chance', story, `${story.slice(-15)} So.`, `${story}${story.slice(-15)} So.`],
    ['400 characters', long.trimEnd(), `${long.trimEnd().slice(-400)} End.`, `${long.trimEnd()} End.`],
    ['the last sentence after a line break', story, `\n\n${story.slice(-60)} So.`, `${story} So.`],
    [
      'the last sentence with the white space that was cut',
      `${story}\n\n`,
      `${story.slice(-60)}\n\nSo.`,
      `${story}\n\nSo.`,
    ],
    ['the last sentence and nothing else', story, story.slice(-60), story],
    [
      'a part that does not reach the end',
      story,
      `${story.slice(-60, -20)} and so on`,
      `${story}${story.slice(-60, -20)} and so on`,
    ],
    [
      'a part that does not reach the end, at the end',
      story,
      story.slice(-60, -20),
      `${story}${story.slice(-60, -20)}`,
    ],
    [
      'one that differs in a letter',
      story,
      `${story.slice(-60).replace('blank', 'blink')} So.`,
      `${story}${story.slice(-60).replace('blank', 'blink')} So.`,
    ],
    [
      'a line of zeros that goes on',
      `Zeros: ${'0, '.repeat(40)}`.trimEnd(),
      ` ${'0, '.repeat(40)}1`,
      `Zeros: ${'0, '.repeat(80)}1`,
    ],
    [
      'a table rule that goes on',
      '|---|---|---|---|---|---|',
      '---|---|---|---|---|---|',
      '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ],
    ['eight characters twice', 'Key: abcdefghabcdefgh', 'abcdefghabcdefgh!', 'Key: abcdefghabcdefghabcdefghabcdefgh!'],
    [
      'the last line with zeros in it',
      `The first values are ${'0, '.repeat(8)}1`,
      `The first values are ${'0, '.repeat(8)}1, 2`,
      `The first values are ${'0, '.repeat(8)}1, 2`,
    ],
    // All of it again.
    ['the whole text', long.trimEnd(), `${long}And so it ends.`, `${long}And so it ends.`],
    [
      'the whole text, also with the white space that was cut',
      long,
      `${long}And so it ends.`,
      `${long}And so it ends.`,
    ],
    ['a beginning of 64 characters that was cut itself', long, long.slice(0, 64), long],
    ['one of 63', long, long.slice(0, 63), `${long}${long.slice(0, 63)}`],
    ['a whole text below a line break', `\n${long}`, `${long}And so it ends.`, `\n${long}And so it ends.`],
    ['another version', long, `${long.slice(0, 900)}Then it differs.`, `${long}${long.slice(0, 900)}Then it differs.`],
    [
      'a second file with the same imports',
      `${imports}parse('a');\n\`\`\`\n`,
      `${imports}parse('b');\n\`\`\`\n`,
      `${imports}parse('a');\n\`\`\`\n${imports}parse('b');\n\`\`\`\n`,
    ],
    // Characters of two units.
    ['half a character that comes whole', 'A globe \ud83c', '🌍 turns', 'A globe 🌍 turns'],
    ['its other half', 'A globe \ud83c', '\udf0d turns', 'A globe 🌍 turns'],
  ];
  for (const [name, old, more, expected] of cases) {
    for (const size of [1, 2, 7, 100_000]) {
      it(`${name}, in pieces of ${size}`, () => assert.equal(joined(old, cutInto(more, [size])), expected));
    }
  }

  it('is the text, then what is new behind the overlap, cut into pieces in every way', () => {
    let overlaps = 0;
    fc.assert(
      fc.property(aReply, lengths, ({ old, more }, sizes) => {
        const expected = old + expectedRest(old, more);
        if (expected.length < old.length + more.length) overlaps += 1;
        assert.equal(joined(old, cutInto(more, sizes)), expected);
      }),
      { seed: 417, numRuns: 2_000 },
    );
    assert.ok(overlaps > 400, `only ${overlaps} with an overlap`);
  });

  it('never gives half a character away before its end', () => {
    fc.assert(
      fc.property(aReply, ({ old, more }) => {
        const join = new ReplyJoin(old.isWellFormed() ? old : textToContinue(old));
        for (const unit of cutInto(more.toWellFormed(), [1])) assert.ok(join.take(unit).isWellFormed());
      }),
      { seed: 417, numRuns: 500 },
    );
  });

  it('holds nothing back that is new', () => {
    const join = new ReplyJoin(story);
    assert.deepEqual([join.take('Z'), join.take('o'), join.take(story.slice(0, 30))], ['Z', 'o', story.slice(0, 30)]);
  });

  it('holds a run of the same no longer than a repetition of the end can be', () => {
    const join = new ReplyJoin('0, '.repeat(1_000));
    assert.equal(join.take('0, '.repeat(130)), '');
    assert.equal(join.take('0, '.repeat(10)), '0, '.repeat(140));
  });

  it('is quick where all that comes is held back', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => i).join('-');
    assert.equal(joined(text, cutInto(`${text}!`, [3])), `${text}!`);
  });
});

describe('the text that a model goes on from', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['One', 'One'],
    ['One. \n\n', 'One.'],
    ['\n One', '\n One'],
    ['A globe \ud83c', 'A globe'],
    ['A globe 🌍', 'A globe 🌍'],
    [' \n', ''],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => assert.equal(textToContinue(text), expected));
});

/** The same rules on the whole text: the longest valid overlap, then the white space that was cut. */
function expectedRest(old: string, more: string): string {
  const sent = textToContinue(old);
  const cut = old.slice(sent.length);
  const body = more.trimStart();
  const beginning = sent.trimStart();
  const isPeriodic = (text: string): boolean => {
    for (let period = 1; period * 2 <= text.length; period++) if (text.startsWith(text.slice(period))) return true;
    return false;
  };
  const ends = [beginning, ...Array.from({ length: 385 }, (_, i) => sent.slice(-(400 - i)))].filter(
    (end) => end.length >= 16,
  );
  const isLong = beginning.length > 400 && !isPeriodic(beginning.slice(0, 64));
  const found = ends
    .filter((end) => (end.length <= 400 || isLong) && body.startsWith(end) && !isPeriodic(end))
    .sort((a, b) => b.length - a.length)[0];
  const isRestart =
    body.length >= 64 &&
    beginning.startsWith(body) &&
    body.length < beginning.length &&
    !isPeriodic(body) &&
    (beginning.length <= 400 || isLong);
  const rest = isRestart ? '' : found === undefined ? more : body.slice(found.length);
  const doubled =
    Array.from({ length: cut.length + 1 }, (_, i) => cut.slice(i)).find((end) => rest.startsWith(end)) ?? '';
  return rest.slice(doubled.length);
}

const words = fc
  .array(fc.constantFrom('one ', 'two ', 'three', '\n', '  ', '`', '🌍', 'é', '0, ', 'All of it again. '), {
    maxLength: 60,
  })
  .map((all) => all.join(''));
const space = fc.constantFrom('', ' ', '\n', '\n\n', '  \n', '\n    ');
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
const aReply = fc
  .record({
    text: words,
    repeats: fc.nat(12),
    cut: space,
    half: fc.boolean(),
    lead: space,
    taken: fc.nat(1_000),
    mode: fc.constantFrom('new', 'end', 'whole', 'begun', 'resembles'),
    rest: words,
    gap: space,
  })
  .map(({ text, repeats, cut, half, lead, taken, mode, rest, gap }) => {
    const old =
      Array.from({ length: repeats }, (_, i) => `${i}: ${text}`).join('') +
      text +
      cut +
      (half && mode === 'new' ? '\ud83c' : '');
    const from = Math.min(taken, old.length);
    const again = {
      new: '',
      end: old.slice(-from),
      whole: old,
      begun: old.slice(0, from),
      resembles: `${old.slice(-from).slice(0, -1)}?`,
    }[mode];
    const more = mode === 'begun' ? again : lead + again + gap + rest;
    return { old, more: mode === 'new' && half ? `\udf0d${more}` : more.toWellFormed() };
  });
