/** What Claude Code and the Anthropic SDK sent, unchanged to upstreams of the same language and whole to those of another. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type Dialect } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { requestFacts } from '../conformance/facts.ts';
import { corpusFolder } from './material.ts';

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
      ...requestFacts(read),
      documents: 0,
      roles: (written.body['messages'] as readonly JsonObject[]).map(({ role }) => role),
    });
  });
});
