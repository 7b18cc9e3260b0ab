import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { modelListBody } from '../support/emulatorModels';
import { TOKENS, TOKENS_PER_SECOND, tokenOf } from './streamLoad';

/** A process that streams every reply at the same pace, a token an event. It says its port in its first line and ends with its input. */
const TICK_MS = 2;

interface Running {
  readonly question: string;
  readonly response: http.ServerResponse;
  readonly startMs: number;
  sent: number;
}

const running = new Set<Running>();

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (content: string, finish: string | null): object => ({
  id: 'gen-bench',
  provider: 'Anthropic',
  model: 'anthropic/claude-sonnet-5',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  choices: [
    {
      index: 0,
      delta: { role: 'assistant', content },
      finish_reason: finish,
      native_finish_reason: finish,
      logprobs: null,
    },
  ],
});
const END =
  event(chunk('', 'stop')) +
  event({ id: 'gen-bench', choices: [], usage: { prompt_tokens: 10, completion_tokens: TOKENS, cost: 0.0151 } }) +
  event({}).replace('{}', '[DONE]');

function pump(): void {
  for (const stream of running) {
    const due = Math.min(TOKENS, Math.floor(((performance.now() - stream.startMs) * TOKENS_PER_SECOND) / 1000));
    for (; stream.sent < due; stream.sent++)
      stream.response.write(event(chunk(tokenOf(stream.question, stream.sent), null)));
    if (stream.sent < TOKENS) continue;
    running.delete(stream);
    stream.response.end(END);
  }
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    const isList = request.url?.endsWith('/models') === true;
    response
      .writeHead(isList ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(isList ? modelListBody() : {}));
    return;
  }
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const { messages = [] } = JSON.parse(Buffer.concat(pieces).toString()) as {
    readonly messages?: readonly { readonly content: string }[];
  };
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-generation-id': 'gen-bench' });
  running.add({ question: messages.at(-1)?.content ?? '', response, startMs: performance.now(), sent: 0 });
}

const server = http.createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
setInterval(pump, TICK_MS);
process.stdin.on('end', () => process.exit(0)).resume();
