/** DeepSeek R1 distills on the servers that one runs oneself: as the row says, and as the operator started the server. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delta, DONE, meet } from '../traps/scene.ts';
import { CLIENTS, saidIn, saidOver } from './said.ts';

const MODEL = 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B';
const SAID = { reasoning: '\nIt rains </thin in Basel.\n', text: '\n\nTake <think> an umbrella.' };

/** How each row says that its server shows reasoning. */
const ROWS = [
  ['vllm', 'reasoning'],
  ['sglang', 'reasoning_content'],
  ['llama-cpp', 'reasoning_content'],
  ['ollama', 'reasoning'],
] as const;

/** What a server writes into the text when its reasoning parser is off: the template may have opened the tag already. */
const SPELLED = {
  tags: `<think>${SAID.reasoning}</think>${SAID.text}`,
  primed: `${SAID.reasoning}</think>${SAID.text}`,
} as const;

function whole(message: object): object {
  return { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
}

describe.each(ROWS)('an R1 distill on %s', (provider, field) => {
  it.each(CLIENTS)('reasons in its field for %s', async (client) => {
    const scene = await meet(client, provider, { model: MODEL });
    const message = { content: SAID.text, [field]: SAID.reasoning };
    expect(saidIn(client, scene.ask({}).answer(whole(message)))).toMatchObject(
      client === 'openai-chat' ? { text: SAID.text } : SAID,
    );
    const frames = [delta({ [field]: SAID.reasoning }), delta({ content: SAID.text }), delta({}, 'stop'), DONE];
    const said = saidOver(client, scene.ask({ stream: true }).stream(...frames));
    expect(said).toEqual(client === 'openai-chat' ? { ...SAID, reasoning: said.reasoning } : SAID);
  });

  describe.each(['tags', 'primed'] as const)('started without a parser (%s)', (reasoning) => {
    it.each(CLIENTS)('is split for %s, whole', async (client) => {
      const scene = await meet(client, provider, { model: MODEL, reasoning });
      expect(saidIn(client, scene.ask({}).answer(whole({ content: SPELLED[reasoning] })))).toEqual(SAID);
    });

    it.each(CLIENTS)('is split for %s, wherever the chunks are cut', async (client) => {
      const scene = await meet(client, provider, { model: MODEL, reasoning });
      const text = SPELLED[reasoning];
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 6 });
      fc.assert(
        fc.property(cuts, (places) => {
          const bounds = [0, ...places.toSorted((a, b) => a - b), text.length];
          const pieces = bounds.slice(1).map((end, i) => delta({ content: text.slice(bounds[i], end) }));
          const events = scene.ask({ stream: true }).stream(...pieces, delta({}, 'stop'), DONE);
          expect(saidOver(client, events)).toEqual(SAID);
        }),
        { seed: 22, numRuns: 25 },
      );
    });

    it.each(CLIENTS)('keeps what was never closed, for %s', async (client) => {
      const scene = await meet(client, provider, { model: MODEL, reasoning });
      const open = reasoning === 'tags' ? '<think>on and on </thi' : 'on and on </thi';
      const events = scene.ask({ stream: true }).stream(delta({ content: open }), delta({}, 'length'), DONE);
      expect(saidOver(client, events)).toEqual({ reasoning: 'on and on </thi', text: '' });
    });
  });
});

describe('a Responses upstream that writes tags', () => {
  it.each(CLIENTS)('is split for %s at every character', async (client) => {
    const scene = await meet(client, 'openai-responses', { model: MODEL, reasoning: 'tags' });
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' };
    const content = [{ type: 'output_text', text: SPELLED.tags, annotations: [] }];
    const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed' };
    const output = [{ ...item, content }];
    expect(saidIn(client, scene.ask({}).answer({ ...response, output }))).toEqual(SAID);
    const frame = (data: { readonly type: string; readonly [key: string]: unknown }): string =>
      `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const frames = [
      frame({ type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }),
      frame({ type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } }),
      ...[...SPELLED.tags].map((letter) => frame({ type: 'response.output_text.delta', ...place, delta: letter })),
      frame({ type: 'response.output_item.done', output_index: 0, item: { ...item, content } }),
      frame({ type: 'response.completed', response: { ...response, output } }),
    ];
    expect(saidOver(client, scene.ask({ stream: true }).stream(...frames))).toEqual(SAID);
  });
});
