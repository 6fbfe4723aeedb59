/** Recorded exchanges across languages: Messages answers for chat clients, chat exchanges through Messages, and agents' requests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../src/core/chat.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type Dialect, type ReadContext } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { eventsOf, writeAll } from '../conformance/protocol-run.ts';
import { factsOf, framesOf, isHere, plain, root, streams, text, wholes, type Expected } from './anthropic-material.ts';
import { answerFacts, requestFacts } from './facts.ts';
import { corpusFolder } from './material.ts';

const chat: ReadContext = { dialect: plainDialect('openai-chat'), names: new Map() };

describe.skipIf(!isHere)('recorded anthropic-messages for a client of openai-chat', () => {
  it.for(wholes)('answer $name', ({ answer, expected }) => {
    const { facts } = expected.response;
    const read = anthropicMessages.readResponse(JSON.parse(text(answer)) as JsonObject, plain);
    const losses = createLossLog();
    const again = openaiChat.readResponse(openaiChat.writeResponse(read, losses), chat);
    const { finishRaw: _, ...said } = answerFacts(again, facts) as { finishRaw: string };
    expect(said).toEqual({ ...factsOf(facts), finishRaw: undefined });
    const hosted = facts.blockTypes?.filter((type) => /server_tool|_tool_result|mcp_|fallback/.test(type)) ?? [];
    expect(losses.losses.some(({ why }) => why.includes('knows this block'))).toBe(hosted.length > 0);
  });

  it.for(streams)('stream $name', ({ answer, expected }) => {
    const { facts } = expected.response;
    const frames = writeAll(openaiChat, eventsOf(anthropicMessages, plain, framesOf(answer)), createLossLog());
    const { response, complete } = foldEvents(eventsOf(openaiChat, chat, frames));
    const { finishRaw: _, ...said } = answerFacts(response, facts) as { finishRaw: string };
    expect([complete, said]).toEqual([true, { ...factsOf(facts), finishRaw: undefined }]);
  });
});

interface Facts {
  readonly text: string;
  readonly refusal: string | null;
}

const chatFolder = join(root, 'openai-chat');
const chatCases = isHere ? readdirSync(chatFolder) : [];
const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(join(chatFolder, name, 'expected.json'), 'utf8')) as Expected;
const chatAnswers = chatCases.filter((name) => expectedOf(name).response.status === 200);

describe.skipIf(!isHere)('recorded openai-chat for a Messages client, and to a Messages upstream', () => {
  it.for(chatCases)('request %s', (name) => {
    const request = JSON.parse(readFileSync(join(chatFolder, name, 'request.json'), 'utf8')) as JsonObject;
    const losses = createLossLog();
    const asked = openaiChat.readRequest(request, NO_HEADERS);
    const wire = anthropicMessages.writeRequest(asked, plainDialect('anthropic-messages'), losses);
    const again = anthropicMessages.readRequest(wire.body, NO_HEADERS);
    const facts = requestFacts(again) as Record<string, unknown>;
    const before = requestFacts(asked) as Record<string, unknown>;
    const kept = ['system', 'user', 'assistant', 'toolCalls', 'toolResults', 'images', 'toolChoice', 'stop', 'stream'];
    for (const key of kept) expect({ [key]: facts[key] }).toEqual({ [key]: before[key] });
    const lost = losses.losses.map(({ field }) => field);
    const named = { format: 'response_format', reasoning: 'reasoning', temperature: 'temperature', topP: 'top_p' };
    for (const [key, field] of Object.entries(named)) {
      const isKept = facts[key] === before[key];
      expect({ key, said: isKept || lost.some((path) => path.includes(field)) }).toEqual({ key, said: true });
    }
    const least = Math.max(8192, Number(facts['maxTokens']));
    expect(facts['maxTokens']).toBe(before['maxTokens'] ?? least);
  });

  it.for(chatAnswers)('answer %s', (name) => {
    const path = join(chatFolder, name);
    const { response } = expectedOf(name);
    const file = join(path, existsSync(join(path, 'response.sse')) ? 'response.sse' : 'response.json');
    const bytes = readFileSync(file);
    const losses = createLossLog();
    const isStream = file.endsWith('sse');
    const events = isStream ? eventsOf(openaiChat, chat, framesOf(bytes)) : [];
    const before = isStream
      ? foldEvents(events).response
      : openaiChat.readResponse(JSON.parse(text(bytes)) as JsonObject, chat);
    const after = isStream
      ? foldEvents(eventsOf(anthropicMessages, plain, writeAll(anthropicMessages, events, losses))).response
      : anthropicMessages.readResponse(anthropicMessages.writeResponse(before, losses), plain);
    const facts = answerFacts(before, response.facts) as Facts;
    // words of refusal are text here, and the stop reason says what they are
    const words = facts.text + (facts.refusal ?? '');
    const expected = { ...facts, text: words, refusal: null, finishRaw: '', usage: inOrder(before) };
    expect({ ...(answerFacts(after, response.facts) as Facts), finishRaw: '' }).toEqual(expected);
    const finish = facts.refusal === null ? before.choices[0]?.finish.unified : 'content-filter';
    expect(after.choices[0]?.finish.unified).toBe(finish);
  });
});

/** Counts of input add up here, also where a vendor's own do not (Azure's grok: 161 cached of 7; OpenRouter's Gemini). */
function inOrder({ usage }: ChatResponse): object {
  const input = usage?.inputTokens ?? 0;
  const least = (count: number | null | undefined, room: number): number | null =>
    typeof count === 'number' ? Math.min(count, room) : null;
  const cacheRead = least(usage?.cachedInputTokens, input);
  return {
    input,
    output: usage?.outputTokens ?? 0,
    cacheRead,
    cacheWrite: least(usage?.cacheWriteTokens, input - (cacheRead ?? 0)),
    reasoning: usage?.reasoningTokens ?? null,
  };
}

const clientFolder = join(corpusFolder, 'wire/clients');
const clients = ['claude-code.json', 'claude-code-2.1.330.json', 'sdks-node20.json'];

describe.skipIf(!existsSync(clientFolder))('request shapes of real clients', () => {
  interface Recorded {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: JsonObject;
  }
  const requests = clients.flatMap((file) => {
    const { requests: all } = JSON.parse(readFileSync(join(clientFolder, file), 'utf8')) as { requests: Recorded[] };
    return all
      .filter(({ path, body }) => /\/v1\/messages(\?|$)/.test(path) && body !== undefined)
      .map(({ headers, body }, i) => ({ name: `${file} ${i}`, headers, body: body ?? {} }));
  });

  it('are all there', () => {
    expect(requests).toHaveLength(4);
  });

  it.for(requests)('$name unchanged', ({ headers, body }) => {
    const losses = createLossLog();
    const view = viewOfRecord(headers);
    const dialect: Dialect = {
      ...plainDialect('anthropic-messages'),
      provider: 'anthropic',
      reasoning: { field: 'thinking', output: 'field', replay: 'field', control: 'thinking' },
    };
    for (const to of [plainDialect('anthropic-messages'), dialect]) {
      const written = anthropicMessages.writeRequest(anthropicMessages.readRequest(body, view), to, losses);
      expect(written.body).toEqual(body);
      expect(written.headers).toEqual([
        'anthropic-version',
        headers['anthropic-version'],
        ...(headers['anthropic-beta'] === undefined ? [] : ['anthropic-beta', headers['anthropic-beta']]),
      ]);
    }
    expect(losses.losses).toEqual([]);
  });

  it.for(requests)('$name for an upstream of openai-chat', ({ headers, body }) => {
    const losses = createLossLog();
    const read = anthropicMessages.readRequest(body, viewOfRecord(headers));
    const written = openaiChat.writeRequest(read, plainDialect('openai-chat'), losses);
    expect(JSON.stringify(written.body)).not.toContain('x-anthropic-billing-header');
    expect(requestFacts(openaiChat.readRequest(written.body, NO_HEADERS))).toMatchObject({
      ...(requestFacts(read) as object),
      documents: 0,
      roles: (written.body['messages'] as readonly JsonObject[]).map(({ role }) => role),
    });
  });
});
