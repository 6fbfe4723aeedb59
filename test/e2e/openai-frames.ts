/** Answers of an upstream that speaks openai-chat: whole, and as frames of a stream. */

const HEAD = { id: 'chatcmpl-e2e', created: 1_763_856_000, model: 'some-model' };

/** A whole answer. */
export function completion(message: object = { content: 'The Thalweg.' }, finish = 'stop'): object {
  return {
    ...HEAD,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
  };
}

/** One frame with a delta of choice 0. */
export function delta(piece: object, finish: string | null = null): string {
  return frame({ choices: [{ index: 0, delta: piece, finish_reason: finish }] });
}

/** The frames of a whole stream that says `words`, with the usage frame. */
export function streamOf(words: readonly string[]): string[] {
  return [delta({ role: 'assistant', content: '' }), ...words.map((content) => delta({ content })), ...ending('stop')];
}

/** The frames of a stream that calls tools, arguments in pieces. */
export function toolStream(calls: readonly { id: string; name: string; pieces: readonly string[] }[]): string[] {
  const frames = [delta({ role: 'assistant', content: null })];
  calls.forEach(({ id, name, pieces }, index) => {
    frames.push(delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
    for (const piece of pieces) frames.push(delta({ tool_calls: [{ index, function: { arguments: piece } }] }));
  });
  return [...frames, ...ending('tool_calls')];
}

/** Finish, usage and the terminal marker. */
export function ending(finish: string): string[] {
  const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
  return [delta({}, finish), frame({ choices: [], usage }), 'data: [DONE]\n\n'];
}

function frame(more: object): string {
  return `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', ...more })}\n\n`;
}
