import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type WindowRequest, fitWindow } from '../../../src/domain/contextWindow';

const turns = (...tokens: number[]): WindowRequest['history'] =>
  tokens.map((t, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', tokens: t }));
const request = (r: Partial<WindowRequest>): WindowRequest => ({
  contextLength: 1000,
  reserveTokens: 100,
  systemTokens: 0,
  history: [],
  newestTokens: [10],
  markerTokens: 8,
  ...r,
});

describe('context window', () => {
  it('sends everything that fits', () => {
    // 3 for the prompt, 10 + 4 for the newest, 100 + 4 for each of two.
    assert.deepEqual(fitWindow(request({ history: turns(100, 100) })), {
      kind: 'fits',
      firstKept: 0,
      dropped: 0,
      promptTokens: 225,
    });
  });

  it('sends everything if the context window is unknown', () => {
    const fit = fitWindow(request({ contextLength: null, history: turns(5000, 5000) }));
    assert.equal(fit.kind === 'fits' && fit.dropped, 0);
  });

  it('drops the oldest whole turns and counts the marker', () => {
    // Limit 900; fixed 17, marker 12; the last two turns take 808, the first two do not fit any more.
    assert.deepEqual(fitWindow(request({ history: turns(300, 300, 400, 400) })), {
      kind: 'fits',
      firstKept: 2,
      dropped: 2,
      promptTokens: 837,
    });
  });

  it('never starts with a reply whose question is omitted', () => {
    const fit = fitWindow(request({ history: turns(700, 300, 300, 200) }));
    assert.equal(fit.kind === 'fits' && fit.firstKept, 2);
  });

  it('counts what goes after the question like a message of its own, and never drops it', () => {
    // Fixed: 3 + (10 + 4) + (700 + 4) + (20 + 4) = 745; with the marker's 12 only the last 100 + 4 of history are no
    // whole turn.
    const fit = fitWindow(request({ history: turns(100, 100), newestTokens: [10, 700, 20] }));
    assert.deepEqual(fit, { kind: 'fits', firstKept: 2, dropped: 2, promptTokens: 757 });
    assert.deepEqual(fitWindow(request({ history: turns(50, 50), newestTokens: [10, 900] })), {
      kind: 'tooLong',
      tokens: 921,
      limitTokens: 900,
    });
  });

  it('drops all history for a newest message that barely fits', () => {
    assert.deepEqual(fitWindow(request({ history: turns(10, 10), newestTokens: [890] })), {
      kind: 'fits',
      firstKept: 2,
      dropped: 2,
      promptTokens: 900,
    });
  });

  it('refuses a newest message that cannot fit, with the numbers', () => {
    assert.deepEqual(fitWindow(request({ newestTokens: [2000], systemTokens: 50 })), {
      kind: 'tooLong',
      tokens: 2061,
      limitTokens: 900,
    });
  });

  it('never passes the limit and always keeps a suffix', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 30 }), fc.nat(400), (tokens, newestTokens) => {
        const fit = fitWindow(request({ history: turns(...tokens), newestTokens: [newestTokens] }));
        return fit.kind === 'fits' && fit.promptTokens <= 900 && fit.dropped === fit.firstKept;
      }),
      { seed: 20261120, numRuns: 1000 },
    );
  });
});
