/** Texts that are hard to stream: a later character or line changes the meaning of earlier text. */
export const markdownSamples: Readonly<Record<string, string>> = {
  paragraphs: 'One line\nand its second.\n\nAnother *paragraph* with **bold**, `code`, ~~struck~~ text.\n',
  headings: '# One\n\ntext\n#not a heading\n## Two ##\nSetext\n======\nmore\n---\n***\nend',
  closedFence: 'Before:\n\n```ts\nconst a = 1;\n\n// two\n```\nAfter the fence.\n',
  openFence: 'Before\n~~~python\ndef f():\n    return """never\nclosed',
  fenceInText: 'text\n``` a`b\nno fence\n\n````md\n```ts\ninner\n```\n````\nend',
  indentedFence: '  ```js\n  let x;\n    let y;\n let z;\n  ```\ntext',
  fenceCloseTooShort: '````\ncode\n```\nstill code\n`````\nout',
  lists:
    '- a\n- b\n  - c\n\n    para in c\n- d\n\n\n* other list\n\n1. one\n2. two\n   ```sh\n   ls -l\n   ```\n3. three\n\ntext after',
  looseLater: '- tight\n- tight\n\n- makes it loose\n\nend',
  listAfterText: 'text\n- item\n-\ntext\n1. one\n\ntext\n2) two',
  quotes: '> quoted\nlazy\n> - in list\n>\n> ```\n> code\n> ```\n\n> other\n',
  tables: 'intro\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| `x\\|y` | **z** |\n\nafter\n| no | table |\n| -- | x |\n',
  links:
    'See [a](https://a.example/x "title"), <https://b.example>, https://c.example/d_(e)?f=g#h. and [no](command:x).\n',
  references:
    'A [ref] and [other][two] and ![img][ref].\n\n- [ref] in a list\n\n[ref]: https://ref.example "Title"\n\nMid [two].\n\n[two]: https://two.example\n[ref]: https://second.example\n\nEnd [ref].',
  referenceTitleOverLines: '[a]\n\n[a]: https://a.example\n"title\nmore"\n\n[b]: https://b.example "x" y\n\n[a] [b]',
  images: '![alt text](https://img.example/a.png?x=1) and [![x](http://i.example/b.svg)](https://l.example)\n',
  html: '<div onclick="x()">html</div>\n\n<script>alert(1)</script>\n\na <b>b</b> &amp; &lt; &#x202e; <!-- c -->\n',
  carriageReturns: 'one\r\ntwo\rthree\r\n\r\n```js\r\nlet a;\r\n```\r\n- x\r\n- y\r\n',
  codeBlocks: 'text\n\n    indented code\n\n    more\n\n\tand tab\n\n- list\n\n      code in list\n',
  hardBreaks: 'line one  \nline two\\\nline three\n&nbsp;end',
  emphasis: '***a** b* _c_ __d__ *e**f* **g*h** `` a`b `` *unclosed **mixed\n\n*x',
  hidden: 'a\u202eb\u202c zero\u200bwidth e\u00adnd \u{e0041}tag \u001b[31mred\n\n```\n\u202ecode\n```\n👩‍💻 ok\0nul',
  unicode: 'Grüße 漢字 👩🏽‍🚀 ﷽ — “quotes” … наконец\n\n- ✓ done\n- ✗ not\n',
  entities: 'A &copy; B &nbsp; C &#35; D &unknown; E\n',
  rules: 'a\n\n---\n\nb\n***\nc\n___\n- - -\nd',
  empty: '\n\n\n',
  deepNesting: '> > > - a\n> > >   - b\n> > c\n\n1. x\n   > y\n   > - z\n\n     w\n',
  fencesInRow: '```\na\n```\n```\nb\n```\n```js\nc',
  numbers: '1986\\. A year\n1986. A list\n\n10) ten\n11) eleven\n',
};

/** A long reply as models write it. */
export function longReply(characters: number): string {
  const section = (index: number): string => `## Part ${index}

The parser reads a *line* until \`CR\`, \`LF\` or \`CRLF\`, and **every** field is appended to the buffer; see
[the specification](https://example.org/spec/${index}) for what happens at the end of a stream. It goes on for a while so
that the paragraph has a natural length.

1. Read a line.
2. Append it to \`data\`:
   \`\`\`ts
   data += line.slice(${index}).trimStart();
   \`\`\`
3. On an empty line, emit.

\`\`\`typescript
export function flush${index}(pending: readonly string[]): number {
  // what is left
  const joined = pending.map((part) => part.trim()).filter(Boolean).join('\\n');
  return joined.length > ${index} ? emit(joined) : 0;
}
\`\`\`

| case | emitted | note |
| --- | :-: | --- |
| blank line | yes | as ever |
| part ${index} | no | discarded |

`;
  let text = '';
  for (let index = 1; text.length < characters; index++) text += section(index);
  return text.slice(0, characters);
}
