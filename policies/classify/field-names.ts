/** Names of fields in the client languages; a path never shows any other, since a name may be what a detector looks for. */

/** Names that protocols have, of whatever depth. */
const NAMES: ReadonlySet<string> = new Set(
  (
    'model messages role content text type name input output instructions system tools tool function functions function_call ' +
    'tool_calls tool_call_id arguments parameters input_schema schema json_schema description properties items enum required ' +
    'tool_choice response_format format source data media_type image_url url detail file file_id file_data filename file_url ' +
    'input_audio audio id call_id tool_use_id is_error thinking signature reasoning reasoning_content summary encrypted_content ' +
    'metadata user user_id safety_identifier title context citations cache_control stop stop_sequences prompt variables ' +
    'previous_response_id conversation include stream stream_options temperature top_p top_k n seed max_tokens ' +
    'max_completion_tokens max_output_tokens store service_tier logit_bias logprobs top_logprobs presence_penalty ' +
    'frequency_penalty modalities prediction web_search_options reasoning_effort prompt_cache_key parallel_tool_calls action ' +
    'container mcp_servers refusal annotations status queries results logs code outputs command commands grammar custom strict ' +
    'additionalProperties default examples title const anyOf oneOf allOf'
  ).split(' '),
);

/** True for a name of a protocol. */
export function isFieldName(name: string): boolean {
  return NAMES.has(name);
}

/** Where something stands, as a list from the inside out; made into text only when there is something to say. */
export interface Place {
  readonly parent: Place | null;
  readonly name: string | number;
}

/** `messages[2].content[0].text`; names that no protocol has are written `*`. */
export function pathOf(place: Place): string {
  const { parent, name } = place;
  const before = parent === null ? '' : pathOf(parent);
  if (typeof name === 'number') return `${before}[${name}]`;
  const shown = NAMES.has(name) ? name : '*';
  return before === '' ? shown : `${before}.${shown}`;
}
