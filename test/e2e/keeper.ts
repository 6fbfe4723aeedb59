/** An upstream that keeps responses and conversations as the Responses API does, and counts tokens; written by hand from its docs. */
import * as answers from '../faults/answers.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Received, Script } from '../faults/wire.ts';

type Fields = Record<string, unknown>;

/** What it keeps, by id. */
export interface Keeper {
  readonly upstream: Upstream;
  /** `METHOD /path` of every request so far. */
  readonly asked: () => readonly string[];
}

/** Starts one; it forgets everything when it is closed. */
export async function startKeeper(): Promise<Keeper> {
  const upstream = await startUpstream();
  const shelf = new Shelf();
  upstream.route((request) => shelf.answer(request));
  return { upstream, asked: () => upstream.received.map(({ method, path }) => `${method} ${path}`) };
}

const LIST = { object: 'list', first_id: null, last_id: null, has_more: false };

class Shelf {
  readonly #responses = new Map<string, Fields>();
  readonly #conversations = new Map<string, Fields>();
  #next = 1;

  answer(request: Received): Script {
    const [path = '', query = ''] = request.path.split('?');
    const [, , room = '', id = '', ...rest] = path.split('/');
    const body = request.body.length === 0 ? {} : (JSON.parse(request.body.toString()) as Fields);
    if (room === 'messages') return answers.json({ input_tokens: 14 });
    if (id === 'input_tokens') return answers.json({ object: 'response.input_tokens', input_tokens: 11 });
    if (id === 'compact') return answers.json({ ...this.#response(body), object: 'response.compaction' });
    if (room === 'responses' && id === '') return this.#create(body);
    if (room === 'conversations' && id === '') return answers.json(this.#converse(body));
    const kept = (room === 'responses' ? this.#responses : this.#conversations).get(id);
    if (kept === undefined) return missing(id);
    return this.#about(room, id, kept, { method: request.method, verb: rest.join('/'), query });
  }

  #about(room: string, id: string, kept: Fields, ask: { method: string; verb: string; query: string }): Script {
    const deleted = { id, object: room === 'responses' ? 'response' : 'conversation.deleted', deleted: true };
    if (ask.verb === 'cancel') return answers.json(Object.assign(kept, { status: 'cancelled' }));
    if (ask.verb === 'input_items' || ask.verb === 'items') {
      const item = { id: 'msg_1', type: 'message', role: 'user', content: [{ type: 'input_text', text: ask.query }] };
      return answers.json({ ...LIST, data: [item] });
    }
    if (ask.method === 'GET') {
      if (!ask.query.includes('stream=true')) return answers.json(kept);
      const after = Number(/starting_after=(\d+)/.exec(ask.query)?.[1] ?? -1);
      return answers.stream(framesOf(kept).slice(after + 1));
    }
    if (ask.method === 'POST') return answers.json(kept);
    (room === 'responses' ? this.#responses : this.#conversations).delete(id);
    return answers.json(deleted);
  }

  #create(body: Fields): Script {
    const previous = body['previous_response_id'];
    if (typeof previous === 'string' && !this.#responses.has(previous)) return missing(previous);
    const response = this.#response(body);
    if (body['store'] !== false) this.#responses.set(String(response['id']), response);
    return body['stream'] === true ? answers.stream(framesOf(response)) : answers.json(response);
  }

  #response(body: Fields): Fields {
    const text = `after ${String(body['previous_response_id'] ?? body['conversation'] ?? 'nothing')}`;
    const content = [{ type: 'output_text', text, annotations: [] }];
    return {
      id: `resp_${this.#next++}`,
      object: 'response',
      created_at: 1_763_856_000,
      status: body['background'] === true ? 'queued' : 'completed',
      model: body['model'],
      error: null,
      incomplete_details: null,
      output: [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content }],
      previous_response_id: body['previous_response_id'] ?? null,
      usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
    };
  }

  #converse(body: Fields): Fields {
    const id = `conv_${this.#next++}`;
    const conversation = { id, object: 'conversation', created_at: 1_763_856_000, metadata: body['metadata'] ?? {} };
    this.#conversations.set(id, conversation);
    return conversation;
  }
}

function framesOf(response: Fields): string[] {
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events: Fields[] = [
    { type: 'response.created', response: begun },
    { type: 'response.output_text.delta', ...at, delta: 'after', logprobs: [] },
    { type: 'response.completed', response },
  ];
  return events.map(
    (event, sequence_number) =>
      `event: ${String(event['type'])}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
}

function missing(id: string): Script {
  const error = { message: `Item with id '${id}' not found.`, type: 'invalid_request_error', param: null, code: null };
  return answers.json({ error }, { status: 404 });
}
