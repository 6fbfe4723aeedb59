/** Messages requests that must survive reading and writing, and those that must be refused. */
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ProtocolSamples } from '../../protocol.ts';

const USER: readonly JsonObject[] = [{ role: 'user', content: 'hi' }];
const MARK: JsonObject = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const body = (more: JsonObject): JsonObject => ({ model: 'm', max_tokens: 64, messages: USER, ...more });
const user = (...content: readonly JsonObject[]): JsonObject => body({ messages: [{ role: 'user', content }] });
const TOOL: JsonObject = { name: 'f', description: 'd', input_schema: { type: 'object', properties: {} } };
const LOOP: readonly JsonObject[] = [
  { role: 'user', content: 'hi' },
  {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'ZGF0YQ' },
      { type: 'text', text: 'So', ...MARK },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { x: [1, { y: null }] }, caller: { type: 'direct' } },
      { type: 'tool_use', id: 'toolu_2', name: 'f', input: {}, ...MARK },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done', is_error: false, ...MARK },
      {
        type: 'tool_result',
        tool_use_id: 'toolu_2',
        is_error: true,
        content: [
          { type: 'text', text: 'no' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
        ],
      },
      { type: 'text', text: 'go on' },
    ],
  },
];

/** Requests as clients send them. */
export const requests: ProtocolSamples['requests'] = [
  { name: 'smallest', body: body({}) },
  { name: 'system text', body: body({ system: 'Be brief.', stream: true }) },
  {
    name: 'system blocks with the billing line',
    body: body({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=1; cc_entrypoint=cli;' },
        { type: 'text', text: 'Be brief.', ...MARK },
      ],
      stream: false,
    }),
  },
  {
    name: 'system inside the conversation',
    body: body({
      messages: [
        { role: 'system', content: 'first' },
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        { role: 'system', content: [{ type: 'text', text: 'later', ...MARK }], output_config: { effort: 'medium' } },
      ],
    }),
  },
  { name: 'tool loop', body: body({ messages: LOOP, tools: [TOOL] }) },
  {
    name: 'images',
    body: user(
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' }, ...MARK },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ),
  },
  {
    name: 'documents',
    body: user(
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        title: 'T',
        context: 'C',
        citations: { enabled: true },
        ...MARK,
      },
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: null },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' }, title: 'notes' },
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'a' }] } },
      { type: 'document', source: { type: 'file', file_id: 'file_2' } },
    ),
  },
  {
    name: 'blocks of its own',
    body: body({
      messages: [
        ...USER,
        {
          role: 'assistant',
          content: [
            { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
            { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
            { type: 'text', text: 'a', citations: [{ type: 'char_location', cited_text: 'x' }] },
            { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'e', server_name: 's', input: {} },
            { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [] },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'container_upload', file_id: 'file_1' },
            { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }] },
          ],
        },
      ],
      tools: [
        { type: 'web_search_20250305', name: 'web_search', max_uses: null },
        { type: 'bash_20250124', name: 'bash' },
        { type: 'mcp_toolset', mcp_server_name: 's' },
        { type: 'custom', ...TOOL, strict: true, defer_loading: true, ...MARK },
      ],
      mcp_servers: [{ type: 'url', url: 'https://example.com/mcp', name: 's' }],
      container: { id: 'container_1', skills: [] },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    }),
  },
  ...[
    { type: 'auto' },
    { type: 'none' },
    { type: 'any', disable_parallel_tool_use: true },
    { type: 'tool', name: 'f', disable_parallel_tool_use: false },
    { type: 'vendor', x: 1 },
  ].map((choice, i) => ({ name: `choice ${i}`, body: body({ tools: [TOOL], tool_choice: choice as JsonObject }) })),
  ...[
    { thinking: { type: 'enabled', budget_tokens: 32 } },
    { thinking: { type: 'enabled', budget_tokens: 4096, display: 'omitted' }, max_tokens: 8192 },
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } },
    { thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } } },
    { thinking: { type: 'disabled' }, output_config: { effort: 'max', task_budget: { type: 'tokens', total: 1 } } },
    { thinking: { type: 'between_tools' } },
    { output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } } },
    { output_config: { format: { type: 'vendor', x: 1 } } },
    { output_config: {} },
    { output_format: { type: 'json_schema', schema: { type: 'object' } } },
    { thinking: null, output_config: null, system: null, temperature: null, tools: null },
  ].map((more, i) => ({ name: `output ${i}`, body: body(more as JsonObject) })),
  {
    name: 'sampling and the rest',
    body: body({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END', ''],
      metadata: { user_id: 'u', vendor: 1 },
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral' },
      inference_geo: 'us',
      speed: 'fast',
      vendor_field: [1],
    }),
  },
  { name: 'metadata without a user', body: body({ metadata: {} }) },
  { name: 'prefill', body: body({ messages: [...USER, { role: 'assistant', content: '{' }] }) },
  {
    name: 'empty content',
    body: body({
      messages: [
        { role: 'user', content: '' },
        { role: 'user', content: [] },
      ],
    }),
  },
  {
    name: 'thinking of other servers',
    body: body({
      messages: [
        ...USER,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'a' },
            { type: 'thinking', thinking: 'b', signature: '' },
            { type: 'thinking', thinking: 'c', signature: null },
            { type: 'text', text: 'd' },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] },
      ],
    }),
  },
];

const bad = (more: JsonObject): { readonly body: JsonObject } => ({ body: body(more) });
const message = (value: JsonObject): { readonly body: JsonObject } => bad({ messages: [...USER, value] });
const block = (value: JsonObject, role = 'user'): { readonly body: JsonObject } => message({ role, content: [value] });

/** What must be refused. */
export const badRequests: ProtocolSamples['badRequests'] = [
  { name: 'no model', body: { messages: USER, max_tokens: 1 }, code: 'missing-field', where: 'model' },
  { name: 'no limit', body: { model: 'm', messages: USER }, code: 'missing-field', where: 'max_tokens' },
  { name: 'no messages', body: { model: 'm', max_tokens: 1 }, code: 'missing-field', where: 'messages' },
  { name: 'empty messages', ...bad({ messages: [] }), code: 'invalid-value', where: 'messages' },
  { name: 'no tokens', ...bad({ max_tokens: 0 }), code: 'invalid-value', where: 'max_tokens' },
  { name: 'endless tokens', ...bad({ max_tokens: Number('1e999') }), code: 'invalid-value', where: 'max_tokens' },
  { name: 'stream as text', ...bad({ stream: 'true' }), code: 'invalid-value', where: 'stream' },
  { name: 'system as a number', ...bad({ system: 3 }), code: 'invalid-value', where: 'system' },
  { name: 'no role', ...message({ content: 'x' }), code: 'missing-field', where: 'messages[1].role' },
  { name: 'role tool', ...message({ role: 'tool', content: 'x' }), code: 'invalid-value', where: 'messages[1].role' },
  { name: 'no content', ...message({ role: 'user' }), code: 'missing-field', where: 'messages[1].content' },
  { name: 'no block type', ...block({ text: 'x' }), code: 'missing-field', where: 'messages[1].content[0].type' },
  { name: 'no text', ...block({ type: 'text' }), code: 'missing-field', where: 'messages[1].content[0].text' },
  { name: 'no source', ...block({ type: 'image' }), code: 'missing-field', where: 'messages[1].content[0].source' },
  {
    name: 'no media type',
    ...block({ type: 'image', source: { type: 'base64', data: 'x' } }),
    code: 'missing-field',
    where: 'messages[1].content[0].source.media_type',
  },
  {
    name: 'input as text',
    ...block({ type: 'tool_use', id: 'a', name: 'f', input: '{}' }, 'assistant'),
    code: 'invalid-value',
    where: 'messages[1].content[0].input',
  },
  {
    name: 'a result of nothing',
    ...block({ type: 'tool_result', content: 'x' }),
    code: 'missing-field',
    where: 'messages[1].content[0].tool_use_id',
  },
  {
    name: 'a signature that is a number',
    ...block({ type: 'thinking', thinking: 'x', signature: 1 }, 'assistant'),
    code: 'invalid-value',
    where: 'messages[1].content[0].signature',
  },
  {
    name: 'a tool without a schema',
    ...bad({ tools: [{ name: 'f' }] }),
    code: 'missing-field',
    where: 'tools[0].input_schema',
  },
  { name: 'a tool without a name', ...bad({ tools: [{}] }), code: 'missing-field', where: 'tools[0].name' },
  { name: 'choice as text', ...bad({ tool_choice: 'auto' }), code: 'invalid-value', where: 'tool_choice' },
  {
    name: 'no tool chosen',
    ...bad({ tool_choice: { type: 'tool' } }),
    code: 'missing-field',
    where: 'tool_choice.name',
  },
  { name: 'thinking as a flag', ...bad({ thinking: true }), code: 'invalid-value', where: 'thinking' },
  {
    name: 'half a budget',
    ...bad({ thinking: { type: 'enabled', budget_tokens: 0.5 } }),
    code: 'invalid-value',
    where: 'thinking.budget_tokens',
  },
  { name: 'stops as text', ...bad({ stop_sequences: 'x' }), code: 'invalid-value', where: 'stop_sequences' },
  {
    name: 'a stop that is a number',
    ...bad({ stop_sequences: [1] }),
    code: 'invalid-value',
    where: 'stop_sequences[0]',
  },
  { name: 'temperature as text', ...bad({ temperature: 'hot' }), code: 'invalid-value', where: 'temperature' },
  {
    name: 'a user that is a number',
    ...bad({ metadata: { user_id: 1 } }),
    code: 'invalid-value',
    where: 'metadata.user_id',
  },
  {
    name: 'a format without a type',
    ...bad({ output_config: { format: {} } }),
    code: 'missing-field',
    where: 'output_config.format.type',
  },
];
