/** Every recorded exchange through a gateway whose client and upstream speak the same language: not a byte is changed on either way. */
import { describe, expect, it } from 'vitest';
import type { ProtocolId } from '../../src/core/chat.ts';
import { CLIENT_LANGUAGES } from '../conformance/crossing.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { createRig } from '../unit/engine/rig.ts';
import { exchangesOf, isHere, textOf, type Exchange } from './exchanges.ts';

const PROVIDERS: { readonly [P in ProtocolId]?: string } = {
  'openai-chat': 'openai-compatible',
  'openai-responses': 'openai-responses',
  'anthropic-messages': 'anthropic-compatible',
};
const models = { '*': { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'upstream' } } as const;
/** Pieces in which a stream comes: borders of events fall anywhere. */
const PIECE = 997;

describe.skipIf(!isHere).each(CLIENT_LANGUAGES)('a client and an upstream of $id', (protocol) => {
  const exchanges = exchangesOf(protocol).filter(({ kind, status }) => kind !== 'eventstream' && status === 200);

  it.for(exchanges)('$name', async ({ request, answer, kind }: Exchange) => {
    // a `provider` object is said to OpenRouter, and passes where OpenRouter hears it
    const provider = 'provider' in request ? 'openrouter' : (PROVIDERS[protocol.id] ?? '');
    const backends = { up: backendAt('http://up.test/v1', { provider }) };
    const rig = await createRig(wholeConfig({ backends, models }));
    const asked = JSON.stringify(request, null, 1);
    const { reply } = rig.ask(asked, { surface: protocol.id, headers: { 'anthropic-version': '2023-06-01' } });
    const upstream = rig.transport.last();
    if (kind === 'json') upstream.json(200, textOf(answer));
    else {
      upstream.stream();
      for (let at = 0; at < answer.length; at += PIECE) upstream.handler.data(answer.subarray(at, at + PIECE));
      upstream.end();
    }
    const [record] = rig.exchanges();
    expect(record).toMatchObject({ path: 'pass', outcome: 'ok', status: 200 });
    const isSpliced = record?.splices.includes('request.stream_options') === true;
    const sent = textOf(upstream.request.body);
    expect(JSON.parse(sent)).toEqual(isSpliced ? { ...request, stream_options: { include_usage: true } } : request);
    expect(isSpliced || sent === asked).toBe(true);
    expect(reply.text.length).toBe(textOf(answer).length);
    expect(reply.text).toBe(textOf(answer));
  });
});
