/** Generators of request bodies and frames of the Responses language. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { Frame } from '../../../../src/core/protocol.ts';
import { answer, call, message as messageItem, outputText, reasoning, SEARCH, USAGE } from './answers.ts';
import { json, number, object, word } from '../values.ts';

/** A field of the wire: a plausible value or an explicit null. */
const maybe = <T extends Json>(value: fc.Arbitrary<T>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 4, arbitrary: value as fc.Arbitrary<Json> }, { weight: 1, arbitrary: fc.constant(null) });

const wirePart = fc.oneof(
  fc.record(
    { type: fc.constant('input_text'), text: fc.string(), vendor_field: json },
    { requiredKeys: ['type', 'text'], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('input_image'), image_url: fc.webUrl(), detail: fc.constantFrom('low', 'high') },
    { requiredKeys: ['type', 'image_url'], noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('vendor_part'), value: json }, { noNullPrototype: true }),
) as fc.Arbitrary<JsonObject>;
const content = fc.oneof(fc.string(), fc.array(wirePart, { maxLength: 3 }));
const outputPart = fc.oneof(
  fc.record(
    { type: fc.constant('output_text'), text: fc.string(), annotations: fc.constant([]) },
    { requiredKeys: ['type', 'text'], noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('refusal'), refusal: fc.string() }, { noNullPrototype: true }),
) as fc.Arbitrary<JsonObject>;

const wireItem = fc.oneof(
  fc.record(
    {
      type: fc.constant('message'),
      role: fc.constantFrom('system', 'developer', 'user'),
      content,
      id: maybe(word),
      vendor_field: json,
    },
    { requiredKeys: ['role', 'content'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('message'),
      role: fc.constant('assistant'),
      content: fc.oneof(fc.string(), fc.array(outputPart, { maxLength: 3 })),
      id: word,
      status: maybe(fc.constant('completed')),
      phase: maybe(fc.constantFrom('commentary', 'final_answer')),
      vendor_field: json,
    },
    { requiredKeys: ['role', 'content'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('reasoning'),
      id: word,
      summary: fc.array(
        fc.record({ type: fc.constant('summary_text'), text: fc.string() }, { noNullPrototype: true }),
        { maxLength: 2 },
      ),
      content: maybe(
        fc.array(fc.record({ type: fc.constant('reasoning_text'), text: fc.string() }, { noNullPrototype: true }), {
          maxLength: 2,
        }) as fc.Arbitrary<Json>,
      ),
      encrypted_content: maybe(word),
      status: word,
      vendor_field: json,
    },
    { requiredKeys: ['type', 'id', 'summary'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('function_call'),
      call_id: word,
      name: word,
      arguments: fc.string(),
      namespace: maybe(word),
      id: word,
      status: word,
      vendor_field: json,
    },
    { requiredKeys: ['type', 'call_id', 'name', 'arguments'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constantFrom('function_call_output', 'custom_tool_call_output'),
      call_id: word,
      output: content,
      id: word,
      status: maybe(word),
    },
    { requiredKeys: ['type', 'call_id', 'output'], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constantFrom('web_search_call', 'compaction', 'item_reference'), id: word, value: json },
    { noNullPrototype: true },
  ),
);

/** Request bodies. */
export const wire = fc.record(
  {
    model: word,
    input: fc.oneof(fc.string(), fc.array(wireItem, { maxLength: 5 })),
    instructions: maybe(fc.string()),
    stream: maybe(fc.boolean()),
    stream_options: maybe(object),
    max_output_tokens: maybe(fc.integer({ min: 1, max: 1e7 })),
    temperature: maybe(number),
    top_logprobs: maybe(fc.integer({ min: 0, max: 20 })),
    include: maybe(
      fc.uniqueArray(
        fc.constantFrom('message.output_text.logprobs', 'reasoning.encrypted_content'),
      ) as fc.Arbitrary<Json>,
    ),
    reasoning: maybe(
      fc.record(
        {
          effort: maybe(fc.constantFrom('low', 'max', 'galactic')),
          summary: maybe(fc.constantFrom('auto', 'odd')),
          context: json,
        },
        { requiredKeys: [], noNullPrototype: true },
      ) as fc.Arbitrary<Json>,
    ),
    text: maybe(
      fc.record(
        { format: maybe(fc.constant({ type: 'json_object' })), verbosity: maybe(word) },
        { requiredKeys: [], noNullPrototype: true },
      ) as fc.Arbitrary<Json>,
    ),
    user: maybe(word),
    safety_identifier: maybe(word),
    tools: maybe(
      fc.array(
        fc.record(
          {
            type: fc.constant('function'),
            name: word,
            description: maybe(fc.string()),
            parameters: maybe(object),
            strict: maybe(fc.boolean()),
            defer_loading: fc.boolean(),
          },
          { requiredKeys: ['type', 'name'], noNullPrototype: true },
        ),
        { maxLength: 2 },
      ) as fc.Arbitrary<Json>,
    ),
    metadata: maybe(object),
    store: maybe(fc.boolean()),
    vendor_field: json,
  },
  { requiredKeys: ['model', 'input'], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

const anyItem = fc.oneof(
  json,
  fc.constantFrom<Json>(
    messageItem([outputText('Hi')]),
    messageItem([{ type: 'refusal', refusal: 'No' }, 1]),
    call(1, 'f', '{}'),
    call(2, '', null),
    reasoning({ summary: [1, { type: 'summary_text', text: 'x' }], encrypted_content: 'g' }),
    SEARCH,
    { type: 'custom_tool_call', input: 'x' },
    { type: 'message' },
  ),
);
const type = fc.constantFrom(
  'response.created',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.delta',
  'response.output_text.done',
  'response.refusal.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_summary_part.added',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.web_search_call.searching',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
  'keepalive',
  'odd',
);

/** Frame data that is nearly right. */
export const frame: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('[DONE]', ' [DONE] ', '', '{', 'null', '[]', '{}', '{"error":null}', '{"error":{"message":"x"}}')
      .map((data) => ({ event: null, data })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.record(
          {
            type,
            output_index: fc.oneof(fc.nat(2), json),
            content_index: fc.oneof(fc.nat(1), json),
            summary_index: fc.oneof(fc.nat(1), json),
            item_id: fc.oneof(fc.constantFrom('msg_1', 'fc_1', 'rs_1', 'ws_1'), json),
            item: anyItem,
            part: fc.oneof(json, fc.constant(outputText('Hi')), fc.constant({ type: 'reasoning_text', text: 'H' })),
            delta: fc.oneof(fc.string(), json),
            text: fc.oneof(fc.string(), json),
            arguments: fc.oneof(fc.string(), json),
            logprobs: json,
            response: fc.oneof(
              json,
              fc.array(anyItem, { maxLength: 3 }).map((output) => answer(output)),
              fc.constant({ status: 'failed', error: { code: 'x', message: 'y' } }),
              fc.record({ usage: fc.oneof(fc.constant(USAGE), json), output: json }),
            ),
            error: json,
          },
          { requiredKeys: ['type'] },
        ),
        fc.boolean(),
      )
      .map(([body, named]) => ({ event: named ? body.type : null, data: JSON.stringify(body) })),
  },
);
