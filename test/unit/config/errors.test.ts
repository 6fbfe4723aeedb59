/** Every error of the configuration: its code, and what people read. */
import { describe, expect, it } from 'vitest';
import { findingsOf, load, portsOf, printed, SOUND } from './fixture.ts';

interface Fault {
  readonly code: string;
  readonly text: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly target?: 'worker';
  readonly warning?: true;
}

const backends = (fields: string) => `backends:\n  up: ${fields}\nmodels:\n  "*": { backends: [up] }\n`;
const gateway = (fields: string) => `gateway:\n${fields}${SOUND}`;
const local = (fields: string) => backends(`{ provider: vllm, url: "http://127.0.0.1:8000/v1", model: m, ${fields} }`);
const hash = `sha256:${'a'.repeat(64)}`;

const FAULTS: readonly Fault[] = [
  { code: 'yaml-syntax', text: 'backends: [up\nmodels: {}\n' },
  { code: 'yaml-syntax', text: `backends: { up: { key: sk-secret-one, model: \${MODEL} } }\n` },
  { code: 'yaml-syntax', text: 'gateway: listen: 127.0.0.1\n' },
  { code: 'yaml-tab', text: 'gateway:\n\tlisten: 127.0.0.1:8080\n' },
  { code: 'yaml-tag', text: `telemetry: !!set { log }\n${SOUND}`.replace('!!set', '!own') },
  { code: 'yaml-documents', text: `${SOUND}---\nmodels: {}\n` },
  { code: 'yaml-version', text: `%YAML 1.1\n---\n${SOUND}` },
  { code: 'yaml-alias', text: `gateway: *nobody\n${SOUND}` },
  { code: 'yaml-merge-key', text: gateway('  <<: { open: true }\n') },
  { code: 'duplicate-key', text: `${SOUND}models: {}\n` },
  { code: 'bad-key', text: gateway('  ? [a, b]\n  : 1\n') },
  { code: 'too-deep', text: `zones: ${'['.repeat(80)}${']'.repeat(80)}\n${SOUND}` },
  { code: 'too-large', text: `# ${'x'.repeat(1024 * 1024)}\n` },
  { code: 'bad-expansion', text: gateway('  listen: ${1PORT}\n') },
  { code: 'missing-variable', text: gateway('  listen: 127.0.0.1:${PORT}\n') },
  { code: 'missing-variable', text: local('key: "${UP_KEY}"') },
  { code: 'missing-file', text: local('key: "${file:/run/secrets/up}"') },
  { code: 'empty-secret', text: local('key: "${UP_KEY}"'), variables: { UP_KEY: '' } },
  { code: 'literal-secret', text: SOUND, target: 'worker' },
  { code: 'worker-secret-file', text: local('key: "${file:up.key}"'), target: 'worker' },
  { code: 'bare-no', text: gateway('  countries: [NO]\n'), warning: true },
  { code: 'empty-value', text: '# nothing yet\n' },
  { code: 'empty-value', text: `keys:\n${SOUND}` },
  { code: 'empty-value', text: 'backends: {}\nmodels: { a: { backends: [] } }\n' },
  { code: 'wrong-type', text: '- backends\n' },
  { code: 'wrong-type', text: gateway('  timeouts: { idle: 30 }\n') },
  { code: 'wrong-type', text: gateway('  countries: [false]\n') },
  { code: 'wrong-type', text: local('context: many') },
  {
    code: 'wrong-type',
    text: 'backends: { up: { provider: ollama, model: "*" } }\nmodels: { "*": { backends: [[up]] } }\n',
  },
  { code: 'unknown-key', text: gateway('  contries: [DE]\n') },
  { code: 'unknown-key', text: `polices: []\n${SOUND}` },
  { code: 'unknown-key', text: local('facts: { certificates: [iso27001] }') },
  { code: 'section-not-built', text: `budgets: [{ id: desk }]\n${SOUND}` },
  { code: 'field-not-built', text: local('attest: tdx') },
  { code: 'missing-field', text: backends('{ model: "*" }') },
  { code: 'missing-field', text: 'backends: { up: { provider: ollama, model: "*" } }\n' },
  { code: 'unknown-value', text: SOUND.replace('[up]', '[up], pick: cheapst') },
  { code: 'unknown-value', text: `version: 2\n${SOUND}` },
  { code: 'unknown-value', text: `telemetry: { content: always }\n${SOUND}` },
  { code: 'wrong-form', text: gateway('  grace: half a minute\n') },
  { code: 'wrong-form', text: gateway('  limits: { body: 4MB }\n') },
  { code: 'wrong-form', text: gateway('  listen: ":8080"\n') },
  { code: 'wrong-form', text: `keys: { app: { hash: "sha256:abc" } }\n${SOUND}` },
  { code: 'out-of-range', text: gateway('  limits: { event: 17MiB }\n') },
  { code: 'out-of-range', text: local('price: { input: -1 }') },
  { code: 'out-of-range', text: SOUND.replace('[up]', '[{ id: up, weight: 0 }]') },
  { code: 'out-of-range', text: gateway('  listen: 127.0.0.1:80800\n') },
  { code: 'bad-name', text: SOUND.replaceAll('up:', '"my backend":') },
  { code: 'unknown-country', text: gateway('  countries: [DE, UK, XX]\n') },
  { code: 'open-gateway', text: gateway('  listen: 0.0.0.0:8080\n') },
  { code: 'address-clash', text: gateway('  admin: 127.0.0.1:8080\n') },
  { code: 'unknown-provider', text: SOUND.replace('openai-compatible', 'openai-compatibel') },
  { code: 'missing-url', text: backends('{ provider: vllm, model: "*" }') },
  { code: 'missing-key', text: backends('{ provider: openai, model: "*" }') },
  { code: 'bad-url', text: SOUND.replace('http:', 'htp:') },
  { code: 'url-credentials', text: SOUND.replace('http://', 'http://bob:hunter2@') },
  { code: 'url-query', text: SOUND.replace('/v1', '/v1?version=2') },
  { code: 'unknown-backend', text: SOUND.replace('[up]', '[up, upp]') },
  { code: 'duplicate-backend', text: SOUND.replace('[up]', '[up, { id: up }]') },
  {
    code: 'unused-backend',
    text: SOUND.replace('models:', '  spare: { provider: ollama, model: a }\nmodels:'),
    warning: true,
  },
  {
    code: 'unknown-model',
    text: `keys: { app: { hash: "${hash}", models: [assistent] } }\n${SOUND.replace('"*": {', 'assistant: {')}`,
  },
  { code: 'duplicate-key-hash', text: `keys:\n  a: { hash: "${hash}" }\n  b: { hash: "${hash}" }\n${SOUND}` },
];

describe('what people read', () => {
  it.each(FAULTS)('$code: $text', ({ code, text, variables, target, warning }) => {
    const result = load(text, { ...portsOf(variables), ...(target === undefined ? {} : { target }) });
    const found = findingsOf(result);
    expect(found.map((finding) => finding.code)).toContain(code);
    expect(result.ok).toBe(warning === true);
    for (const finding of found) {
      expect(finding.fix, `${finding.code} says how to mend it`).not.toBeNull();
      expect(finding.message).not.toMatch(/[.!]$|^[A-Z][a-z]/);
    }
    expect(printed(result)).toMatchSnapshot();
    expect(printed(result)).not.toMatch(/sk-secret|sk-upstream|hunter2/);
  });

  it('gives up on a nesting that no stack holds', () => {
    expect(findingsOf(load(`zones: ${'['.repeat(20_000)}`)).map(({ code }) => code)).toEqual(['too-deep']);
  });

  it('says everything at once, in the order of the file', () => {
    const result = load(`version: 2
gateway: { contries: [DE], grace: soon }
backends:
  up: { provider: 5 }
  down:
models:
  a: { backends: up, pick: best }
telemetry: { log: loud }
`);
    const found = findingsOf(result);
    expect(found.map(({ code, line }) => `${line} ${code}`)).toEqual([
      '1 unknown-value',
      '2 unknown-key',
      '2 wrong-form',
      '4 missing-field',
      '4 wrong-type',
      '5 empty-value',
      '7 wrong-type',
      '7 unknown-value',
      '8 unknown-value',
    ]);
  });

  it('judges between sections what the schemas leave', () => {
    const codes = findingsOf(load(SOUND.replace('[up]', '[upp], pick: best'))).map(({ code }) => code);
    expect(codes).toEqual(['unknown-backend', 'unknown-value']);
  });

  it('paints when asked', async () => {
    const { formatFindings } = await import('../../../src/config/format.ts');
    const text = formatFindings(findingsOf(load('- a')), { color: true });
    expect(text).toContain('\u001b[31merror\u001b[0m');
  });

  it('is one object per finding for machines', async () => {
    const { findingsToJson } = await import('../../../src/config/format.ts');
    expect(findingsToJson(findingsOf(load(gateway('  contries: [DE]\n'))))).toEqual([
      {
        level: 'error',
        code: 'unknown-key',
        file: 'thalweg.yaml',
        line: 2,
        column: 3,
        path: 'gateway.contries',
        message: 'unknown key "contries"',
        fix: 'did you mean "countries"?',
      },
    ]);
  });
});
