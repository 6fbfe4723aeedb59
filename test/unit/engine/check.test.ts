/** What the engine's sections must agree on, beyond what the printed errors show. */
import { describe, expect, it } from 'vitest';
import { isOpenBeyondLoopback } from '../../../src/engine/check.ts';
import { findingsOf, load, SOUND } from '../config/fixture.ts';

const codes = (text: string) => findingsOf(load(text)).map(({ code }) => code);
const hash = `sha256:${'b'.repeat(64)}`;
const keys = `keys: { app: { hash: "${hash}", models: [MODEL] } }\n`;

describe('an open gateway', () => {
  it.each(['127.0.0.1:8080', '[::1]:8080', 'localhost:8080'])('may listen on %s', (listen) => {
    expect(codes(`gateway: { listen: "${listen}" }\n${SOUND}`)).toEqual([]);
  });

  it.each(['0.0.0.0:8080', '[::]:8080', '10.0.0.5:8080', 'gateway:8080'])('may not listen on %s', (listen) => {
    expect(codes(`gateway: { listen: "${listen}" }\n${SOUND}`)).toEqual(['open-gateway']);
  });

  it('may when somebody said so, or when there are keys', () => {
    expect(codes(`gateway: { listen: "0.0.0.0:80", open: true }\n${SOUND}`)).toEqual([]);
    expect(codes(`gateway: { listen: "0.0.0.0:80" }\n${keys.replace('MODEL', '"*"')}${SOUND}`)).toEqual([]);
  });

  it('can be asked about for an address of the command line', () => {
    const result = load(SOUND);
    expect(result.ok && isOpenBeyondLoopback('0.0.0.0:80', result.whole)).toBe(true);
    expect(result.ok && isOpenBeyondLoopback('127.0.0.1:80', result.whole)).toBe(false);
  });
});

describe('addresses', () => {
  it('may share a host or a free port, not both', () => {
    expect(codes(`gateway: { listen: "127.0.0.1:0", admin: "127.0.0.1:0" }\n${SOUND}`)).toEqual([]);
    expect(codes(`gateway: { listen: "[::1]:80", admin: "127.0.0.1:80" }\n${SOUND}`)).toEqual([]);
    expect(codes(`gateway: { listen: "127.0.0.1:80", admin: "127.0.0.1:80" }\n${SOUND}`)).toEqual(['address-clash']);
  });
});

describe('keys', () => {
  it('may name what the catch-all answers', () => {
    expect(codes(keys.replace('MODEL', 'anything') + SOUND)).toEqual([]);
    expect(codes(keys.replace('MODEL', 'anything') + SOUND.replace('"*": {', 'chat: {'))).toEqual(['unknown-model']);
  });
});

describe('backends', () => {
  const withBackend = (fields: string) => `backends: { a: { ${fields} } }\nmodels: { m: { backends: [a] } }\n`;

  it('need a key where a vendor wants one, unless they go elsewhere', () => {
    expect(codes(withBackend('provider: openai, model: m'))).toEqual(['missing-key']);
    expect(codes(withBackend('provider: openai, model: m, url: "http://127.0.0.1:9/v1"'))).toEqual([]);
    expect(codes(withBackend('provider: ollama, model: m'))).toEqual([]);
  });

  it.each([
    'ftp://a/v1',
    'llm.example.com/v1',
    'http:/a',
    'http://',
    'https://a b/v1',
    'http://a:99999/v1',
    '//a/v1',
    '',
  ])('cannot be at %j', (url) => {
    expect(codes(withBackend(`provider: vllm, model: m, url: "${url}"`))).toEqual(['bad-url']);
  });

  it.each([
    'http://10.0.0.5:8000/v1',
    'https://llm.example.com',
    'HTTPS://LLM.example.com/v1/',
    'http://[fd00::1]:8000/v1',
  ])('can be at %s', (url) => {
    expect(codes(withBackend(`provider: vllm, model: m, url: "${url}"`))).toEqual([]);
  });

  it('are not looked up on the prototype', () => {
    expect(codes(SOUND.replace('[up]', '[up, constructor]'))).toEqual(['unknown-backend']);
  });
});
