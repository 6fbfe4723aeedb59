/** Request bodies of chat completions: every field and shape that clients send, and what must be refused. */
import type { ProtocolSamples } from '../../protocol.ts';

const USER = [{ role: 'user', content: 'Hello' }];
const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

/** What can be read and written again. */
export const requests: ProtocolSamples['requests'] = [
  { name: 'smallest', body: { model: 'm', messages: USER } },
  {
    name: 'everything plain',
    body: {
      model: 'm',
      messages: USER,
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      max_completion_tokens: 100,
      max_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      stop: ['a', 'b'],
      n: 2,
      logprobs: true,
      top_logprobs: 5,
      logit_bias: { '50256': -100 },
      parallel_tool_calls: false,
      reasoning_effort: 'high',
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
      user: 'u-1',
      safety_identifier: 's-1',
      metadata: { a: 'b' },
      service_tier: 'flex',
      prompt_cache_key: 'k',
      prediction: { type: 'content', content: 'x' },
      verbosity: 'low',
      web_search_options: {},
      store: false,
      provider: { order: ['a'] },
    },
  },
  {
    name: 'explicit nulls and falses',
    body: {
      model: 'm',
      messages: USER,
      stream: false,
      stream_options: null,
      temperature: null,
      max_tokens: null,
      n: null,
      stop: null,
      logprobs: false,
      top_logprobs: null,
      tools: null,
      response_format: null,
      user: null,
      reasoning_effort: null,
      service_tier: null,
    },
  },
  {
    name: 'deprecated spellings',
    body: {
      model: 'm',
      messages: [
        ...USER,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
      ],
      max_tokens: 5,
      stop: 'END',
      functions: [{ name: 'f', parameters: {} }],
      function_call: 'auto',
    },
  },
  {
    name: 'tools of every kind',
    body: {
      model: 'm',
      messages: USER,
      tools: [
        { type: 'function', function: { name: 'a' } },
        { type: 'function', function: { name: 'b', description: '', parameters: { type: 'object' }, strict: true } },
        {
          type: 'function',
          function: { name: 'c', description: null, strict: null, x: 1 },
          cache_control: { type: 'ephemeral' },
        },
        {
          type: 'custom',
          custom: { name: 'd', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        },
        { type: 'openrouter:web_search', parameters: {} },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'a' } }] },
      },
    },
  },
  ...(['auto', 'none', 'required', 'any'] as const).map((choice) => ({
    name: `tool_choice ${choice}`,
    body: { model: 'm', messages: USER, tool_choice: choice },
  })),
  {
    name: 'named tool',
    body: { model: 'm', messages: USER, tool_choice: { type: 'function', function: { name: 'a' } } },
  },
  {
    name: 'named custom tool',
    body: { model: 'm', messages: USER, tool_choice: { type: 'custom', custom: { name: 'd' } } },
  },
  { name: 'text format', body: { model: 'm', messages: USER, response_format: { type: 'text' } } },
  { name: 'json format', body: { model: 'm', messages: USER, response_format: { type: 'json_object' } } },
  {
    name: 'schema format',
    body: {
      model: 'm',
      messages: USER,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 's', schema: { type: 'object' }, strict: true, description: 'd' },
      },
    },
  },
  {
    name: 'schema format with a null',
    body: {
      model: 'm',
      messages: USER,
      response_format: { type: 'json_schema', json_schema: { name: 's', strict: null } },
    },
  },
  { name: 'grammar format', body: { model: 'm', messages: USER, response_format: { type: 'grammar', grammar: 'x' } } },
  {
    name: 'a tool that the vendor runs',
    body: {
      model: 'm',
      messages: [{ role: 'user', content: 'News?' }],
      tools: [{ type: 'openrouter:web_search', parameters: { max_results: 3 } }],
    },
  },
  {
    name: 'content of every kind',
    body: {
      model: 'm',
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: '', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: PIXEL, detail: 'high' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' }, x: 1 },
            { type: 'image_url', image_url: 'https://example.com/b.png' },
            { type: 'image_url', image_url: { url: 'data:image/svg+xml;utf8,<svg/>' } },
            { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
            { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
            { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
            { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mpeg' } },
            { type: 'file', file: { file_id: 'file-1' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' } },
            { type: 'file', file: { file_data: 'JVBERg==', filename: 'a.PDF' } },
            { type: 'file', file: { file_id: 'file-1', file_data: 'JVBERg==' } },
            { type: 'audio_url', audio_url: { url: 'https://example.com/a.mp3' } },
          ],
        },
        { role: 'user', content: '' },
        { role: 'user', content: [] },
      ],
    },
  },
  {
    name: 'a history with everything',
    body: {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Weather?', tool_calls: null },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
            {
              type: 'thinking',
              thinking: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
            },
            { type: 'text', text: 'Let me see.' },
            { type: 'refusal', refusal: 'No.' },
          ],
          reasoning_content: 'Think.',
          refusal: null,
          prefix: false,
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'w', arguments: '{"a":1}' },
              extra_content: { google: { s: 'x' } },
            },
            { id: 'c2', function: { name: 'w', arguments: '' }, index: 1 },
            { id: 'c3', type: 'custom', custom: { name: 'd', input: 'free text' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'Sunny' },
        {
          role: 'tool',
          tool_call_id: 'c2',
          content: [
            { type: 'text', text: 'Rain' },
            { type: 'image_url', image_url: { url: PIXEL } },
          ],
        },
        { role: 'tool', tool_call_id: 'c3', content: null, name: 'd' },
        {
          role: 'assistant',
          reasoning: 'Two.',
          reasoning_details: [{ type: 'reasoning.text', text: 'Two.' }],
          content: '',
        },
        { role: 'assistant', reasoning: 'Same.', reasoning_content: 'Same.', content: null, audio: { id: 'a1' } },
        { role: 'assistant', reasoning: 'One.', reasoning_content: 'Other.', content: 'x', refusal: 'I will not.' },
        { role: 'assistant', reasoning: null, tool_calls: [] },
        { role: 'user', content: [{ type: 'text', text: 'And now?' }], name: null },
      ],
    },
  },
];

const bad = (body: object): { readonly body: ProtocolSamples['badRequests'][number]['body'] } => ({
  body: { model: 'm', messages: USER, ...body },
});
const message = (value: object): { readonly body: ProtocolSamples['badRequests'][number]['body'] } => ({
  body: { model: 'm', messages: [...USER, { ...value }] },
});

/** What must be refused. */
export const badRequests: ProtocolSamples['badRequests'] = [
  { name: 'no model', body: { messages: USER }, code: 'missing-field', where: 'model' },
  { name: 'model is a number', ...bad({ model: 3 }), code: 'invalid-value', where: 'model' },
  { name: 'no messages', body: { model: 'm' }, code: 'missing-field', where: 'messages' },
  { name: 'empty messages', body: { model: 'm', messages: [] }, code: 'invalid-value', where: 'messages' },
  { name: 'messages is a string', body: { model: 'm', messages: 'hi' }, code: 'invalid-value', where: 'messages' },
  {
    name: 'a message is a string',
    body: { model: 'm', messages: ['hi'] },
    code: 'invalid-value',
    where: 'messages[0]',
  },
  { name: 'no role', ...message({ content: 'x' }), code: 'missing-field', where: 'messages[1].role' },
  {
    name: 'another role',
    ...message({ role: 'king', content: 'x' }),
    code: 'invalid-value',
    where: 'messages[1].role',
  },
  { name: 'no content', ...message({ role: 'user' }), code: 'missing-field', where: 'messages[1].content' },
  {
    name: 'content is a number',
    ...message({ role: 'user', content: 1 }),
    code: 'invalid-value',
    where: 'messages[1].content',
  },
  {
    name: 'an image without a URL',
    ...message({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
    code: 'missing-field',
    where: 'messages[1].content[0].image_url.url',
  },
  {
    name: 'audio without a format',
    ...message({ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'x' } }] }),
    code: 'missing-field',
    where: 'messages[1].content[0].input_audio.format',
  },
  {
    name: 'a call without an id',
    ...message({ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }),
    code: 'missing-field',
    where: 'messages[1].tool_calls[0].id',
  },
  {
    name: 'arguments as an object',
    ...message({ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: {} } }] }),
    code: 'invalid-value',
    where: 'messages[1].tool_calls[0].function.arguments',
  },
  {
    name: 'a result of nothing',
    ...message({ role: 'tool', content: 'x' }),
    code: 'missing-field',
    where: 'messages[1].tool_call_id',
  },
  { name: 'stream as text', ...bad({ stream: 'true' }), code: 'invalid-value', where: 'stream' },
  { name: 'no tokens', ...bad({ max_tokens: 0 }), code: 'invalid-value', where: 'max_tokens' },
  {
    name: 'half a token',
    ...bad({ max_completion_tokens: 1.5 }),
    code: 'invalid-value',
    where: 'max_completion_tokens',
  },
  { name: 'negative tokens', ...bad({ max_tokens: -1 }), code: 'invalid-value', where: 'max_tokens' },
  { name: 'endless tokens', ...bad({ max_tokens: Number('1e999') }), code: 'invalid-value', where: 'max_tokens' },
  { name: 'tokens beyond 2^53', ...bad({ max_tokens: 2 ** 53 + 2 }), code: 'invalid-value', where: 'max_tokens' },
  { name: 'a billion answers', ...bad({ n: 1e9 }), code: 'invalid-value', where: 'n' },
  {
    name: 'many stops',
    ...bad({ stop: Array.from({ length: 10_000 }, () => 'x') }),
    code: 'invalid-value',
    where: 'stop',
  },
  { name: 'a stop that is a number', ...bad({ stop: ['a', 1] }), code: 'invalid-value', where: 'stop[1]' },
  {
    name: 'many tools',
    ...bad({ tools: Array.from({ length: 10_000 }, () => ({})) }),
    code: 'invalid-value',
    where: 'tools',
  },
  {
    name: 'a tool without a name',
    ...bad({ tools: [{ type: 'function', function: {} }] }),
    code: 'missing-field',
    where: 'tools[0].function.name',
  },
  {
    name: 'extreme logprobs',
    ...bad({ logprobs: true, top_logprobs: 1e6 }),
    code: 'invalid-value',
    where: 'top_logprobs',
  },
  { name: 'temperature as text', ...bad({ temperature: 'hot' }), code: 'invalid-value', where: 'temperature' },
  { name: 'a choice that is a number', ...bad({ tool_choice: 1 }), code: 'invalid-value', where: 'tool_choice' },
  {
    name: 'a format without a type',
    ...bad({ response_format: {} }),
    code: 'missing-field',
    where: 'response_format.type',
  },
];
