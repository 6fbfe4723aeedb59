/** A conversation keeps the class that one of its turns had, for its own caller only. */
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const CONFIG = `
backends: { up: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: "*" } }
models: { "*": { backends: [up] } }
classify: [{ detect: [email], min: confidential, label: pii }]
`;

interface Explained {
  readonly facts: { readonly class: string; readonly labels: readonly string[]; readonly because: readonly object[] };
}

async function explain(
  gateway: ReturnType<typeof createGateway>,
  body: object,
  headers: object = {},
): Promise<Explained['facts']> {
  const answer = await gateway.fetch('http://gateway/v1/explain', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'm', ...body }),
  });
  const text = await answer.text();
  expect(text).not.toContain('canary');
  return (JSON.parse(text) as Explained).facts;
}

const turns = (...contents: string[]) => ({
  messages: contents.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
});

describe('the ratchet', () => {
  it('remembers by name, and by how the conversation began', async () => {
    const gateway = createGateway(CONFIG);
    const named = { 'x-thalweg-conversation': 'c-1' };
    expect(await explain(gateway, turns('jane.canary@example.org'), named)).toMatchObject({
      class: 'CONFIDENTIAL',
      labels: ['pii'],
    });
    const later = await explain(gateway, turns('and now?'), named);
    expect(later).toMatchObject({ class: 'CONFIDENTIAL', labels: ['pii'] });
    expect(later.because).toContainEqual({ conversation: 'earlier' });
    expect(await explain(gateway, turns('and now?'))).toMatchObject({ class: 'INTERNAL', labels: [] });

    await explain(gateway, turns('hello', 'yes?', 'jane.canary@example.org'));
    expect(await explain(gateway, turns('hello', 'yes?', 'forget it'))).toMatchObject({ class: 'CONFIDENTIAL' });
    expect(await explain(gateway, turns('hello', 'what?', 'forget it'))).toMatchObject({ class: 'INTERNAL' });
    await gateway.close();
  });
});
