import assert from 'node:assert/strict';
import { redactKeys } from '../../../src/domain/redaction';

describe('redactKeys', () => {
  const LONG = 'Abcdef0123456789Abcdef';
  const ROWS: readonly (readonly [text: string, redacted: string])[] = [
    ['', ''],
    [`key sk-or-v1-${LONG} is bad`, 'key [key] is bad'],
    [`sk-proj-${LONG}, sk-ant-api03-${LONG}`, '[key], [key]'],
    ['sk-123456', '[key]'],
    [`SK-OR-V1-${LONG}`, '[key]'],
    [`OPENROUTER_API_KEY_sk-or-v1-${LONG}`, 'OPENROUTER_API_KEY_[key]'],
    [`key=sk-or-v1-${LONG}&x=1`, 'key=[key]&x=1'],
    [`key%3Dsk-or-v1-${LONG}`, 'key%3D[key]'],
    [`sk%2Dor%2Dv1%2D${LONG}`, '[key]'],
    [`{"key":"sk-or-v1-${LONG}"}`, '{"key":"[key]"}'],
    [`Authorization: Bearer ${LONG}`, 'Authorization: Bearer [key]'],
    ['authorization: bearer\tother.key/value+=, more', 'authorization: Bearer [key], more'],
    [`Authorization%3A%20Bearer%20${LONG}`, 'Authorization%3A%20Bearer [key]'],
    [`xai-${LONG} pplx-${LONG} nvapi-${LONG}`, '[key] [key] [key]'],
    [`gsk_${LONG} hf_${LONG} AIza${LONG}`, '[key] [key] [key]'],
    ['https://user:pass@host.test/v1', 'https://[key]@host.test/v1'],
    ['https://token@host.test', 'https://[key]@host.test'],
    ['https://host.test/a@b?mail=c@d.test', 'https://host.test/a@b?mail=c@d.test'],
    ['https://host.test, or me@host.test', 'https://host.test, or me@host.test'],
    ['task-force, risk-free, ask-nothing', 'task-force, risk-free, ask-nothing'],
    ['desk-organizer and disk-encryption', 'desk-organizer and disk-encryption'],
    ['the bearer', 'the bearer'],
    ['hf_hub, gsk_x, xai-model', 'hf_hub, gsk_x, xai-model'],
    ['openai/gpt-5.1 costs $0.000064', 'openai/gpt-5.1 costs $0.000064'],
  ];
  for (const [text, redacted] of ROWS)
    it(`${JSON.stringify(text)} becomes ${JSON.stringify(redacted)}`, () => assert.equal(redactKeys(text), redacted));

  it('changes nothing the second time', () => {
    for (const [, redacted] of ROWS) assert.equal(redactKeys(redacted), redacted);
  });

  it('takes linear time on text that almost matches', () => {
    for (const part of ['Bearer ', 'sk-', '://', '%2D', 'a@', ' \t']) {
      const text = part.repeat(200_000 / part.length);
      const startedAt = performance.now();
      redactKeys(text);
      assert.ok(performance.now() - startedAt < 1000, part);
    }
  });
});
