/** Codex asks for a WebSocket before its first request: what it hears on a real socket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, statusOf, talk } from '../faults/raw-client.ts';
import { wholeConfig } from '../support/whole-config.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

describe('a client that asks for a WebSocket', () => {
  let gateway: RealGateway;
  beforeAll(async () => {
    gateway = await startGateway(wholeConfig());
  });
  afterAll(() => gateway.stop(100));

  it('wire trap 37: hears 426, after which Codex falls back to HTTP at once; 404 and 405 cost it seven attempts', async () => {
    const { host, port } = new URL(gateway.url);
    const lines = [
      'GET /v1/responses HTTP/1.1',
      `host: ${host}`,
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'openai-beta: responses_websockets=2026-02-06',
      'authorization: Bearer sk-client',
    ];
    const { text } = await talk(Number(port), `${lines.join('\r\n')}\r\n\r\n`);
    expect(statusOf(text)).toBe(426);
    expect(text).not.toMatch(/^sec-websocket-accept/im);
    expect(jsonOf(text)).toHaveProperty('error.message');
  });
});
