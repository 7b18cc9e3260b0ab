import assert from 'node:assert/strict';
import { chargesCsv } from '../../../../src/application/ledger/csv';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import { aCharge, estimated, pending, reported } from '../../../support/charges';

const HEADER =
  'reserved_at,day_utc,run_number,conversation_title,conversation_id,message_id,reservation_id,generation_id,model,provider,state,cost_usd,cost_source,settled_by,settled_at,own_estimate_usd,worst_case_usd,quoted_prompt_tokens,quoted_max_tokens,prompt_tokens,completion_tokens,reasoning_tokens,cached_tokens,cache_write_tokens';

const titleCell = (title: string): string =>
  chargesCsv([aCharge(1, { conversationTitle: title, runNumber: 1 })])
    .slice(HEADER.length + 2)
    .split(',1,')[1]!
    .split(',c-1,')[0]!;

describe('ledger as CSV', () => {
  it('is a header alone without charges', () => {
    assert.equal(chargesCsv([]), `${HEADER}\r\n`);
  });

  it('has every field of a charge in its column, amounts exact and times in ISO', () => {
    const settled = aCharge(1, {
      reservationId: reservationId('res'),
      conversationId: conversationId('conv'),
      messageId: messageId('msg'),
      generationId: generationId('gen'),
      model: modelId('a/b'),
      provider: 'P',
      runNumber: 417,
      conversationTitle: 'T',
      worstCaseNanoUsd: nanoUsd(50_000_001),
      quote: { promptTokens: 400, maxTokens: 1000 },
      usage: { promptTokens: 1, completionTokens: 2, reasoningTokens: 3, cachedTokens: 4, cacheWriteTokens: 5 },
      state: {
        kind: 'settled',
        costNanoUsd: nanoUsd(64_000),
        source: 'reported',
        settledBy: 'generation',
        estimateNanoUsd: nanoUsd(1),
        atMs: Date.parse('2026-11-21T00:00:01.002Z'),
      },
      dayUtc: '2026-11-20',
      reservedAtMs: Date.parse('2026-11-20T23:59:58Z'),
    });
    assert.equal(
      chargesCsv([settled]).split('\r\n')[1],
      '2026-11-20T23:59:58.000Z,2026-11-20,417,T,conv,msg,res,gen,a/b,P,settled,0.000064,reported,generation,2026-11-21T00:00:01.002Z,0.000000001,0.050000001,400,1000,1,2,3,4,5',
    );
  });

  it('leaves empty what is not known, and never writes a zero for it', () => {
    const charge = aCharge(1, {
      state: pending,
      usage: null,
      quote: null,
      provider: null,
      generationId: null,
      reservedAtMs: 0,
    });
    assert.equal(
      chargesCsv([charge]).split('\r\n')[1],
      '1970-01-01T00:00:00.000Z,2026-11-20,417,Why does the SSE parser drop the last event,c-1,m-1,res-1,,anthropic/claude-sonnet-5,,pending,,pending,,,,0.05,,,,,,,',
    );
  });

  it('leaves an estimate empty that was never made', () => {
    assert.match(
      chargesCsv([aCharge(1, { state: reported(nanoUsd(1), null) })]),
      /,settled,0.000000001,reported,stream,2026-11-20T12:00:00.000Z,,0.05,/,
    );
  });

  it('writes a known zero', () => {
    assert.match(chargesCsv([aCharge(1, { state: estimated(nanoUsd(0), 'person') })]), /,settled,0,estimated,person,/);
  });

  it('ends every record with CRLF and has as many cells in each', () => {
    const text = chargesCsv([aCharge(1), aCharge(2, { state: pending, usage: null })]);
    const lines = text.split('\r\n');
    assert.deepEqual(
      lines.map((line) => line.split(',').length),
      [24, 24, 24, 1],
    );
    assert.equal(lines[3], '');
  });

  const cells: readonly [title: string, cell: string][] = [
    ['plain', 'plain'],
    ['', ''],
    ['a, b', '"a, b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    [' =1', ' =1'],
    ['a=1', 'a=1'],
    ['Größe · 日本', 'Größe · 日本'],
  ];
  for (const [title, cell] of cells)
    it(`writes ${JSON.stringify(title)} as ${JSON.stringify(cell)}`, () => assert.equal(titleCell(title), cell));

  it('defuses every text that others have written', () => {
    const text = chargesCsv([aCharge(1, { model: modelId('=m'), provider: '+p', generationId: generationId('@g') })]);
    for (const cell of [",'=m,", ",'+p,", ",'@g,"]) assert.ok(text.includes(cell), cell);
  });
});
