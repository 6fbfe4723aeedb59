/** What a file may say of networks, certificates and proxies, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import { Report, soundGround } from '../../../src/config/report.ts';
import type { BackendConfig, WholeConfig } from '../../../src/core/config.ts';
import { Secret } from '../../../src/core/secret.ts';
import { checkEgress } from '../../../src/engine/check-egress.ts';
import { compileEgress } from '../../../src/engine/compile-egress.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';

const PERIMETER = { perimeter: { cidr: ['10.20.0.0/16'] } };
const PEM = '-----BEGIN CERTIFICATE-----';

function check(backend: BackendConfig, zones: WholeConfig['zones'] = {}): string[] {
  const report = new Report(soundGround({ backends: { up: backend }, zones }));
  checkEgress('up', backend, backend.url ?? null, wholeConfig({ zones }), report);
  return report.findings.map(({ code, at }) => `${code} at ${at.join('/')}`);
}

describe('checkEgress', () => {
  it.each<[string, BackendConfig, WholeConfig['zones'], string[]]>([
    ['a public host', backendAt('https://api.example.com/v1'), {}, []],
    ['a private literal', backendAt('http://10.0.0.5/v1'), {}, []],
    ['localhost', backendAt('http://localhost:8000/v1'), {}, []],
    ['a private name', backendAt('http://ollama:11434/v1'), {}, []],
    ['a private name on a private link', backendAt('http://ollama/v1', { facts: { network: 'private-link' } }), {}, []],
    [
      'a perimeter without addresses',
      backendAt('http://llm.corp/v1', { facts: { network: 'perimeter' } }),
      {},
      ['missing-perimeter at backends/up/facts/network'],
    ],
    [
      'a literal beyond the perimeter',
      backendAt('http://10.21.0.5/v1', { facts: { network: { value: 'perimeter', grade: 'contractual' } } }),
      PERIMETER,
      ['outside-perimeter at backends/up/url'],
    ],
    [
      'a perimeter behind a proxy',
      backendAt('http://llm.corp/v1', { facts: { network: 'perimeter' }, proxy: 'http://p:1' }),
      PERIMETER,
      ['perimeter-proxy at backends/up/proxy'],
    ],
    [
      'half a certificate',
      backendAt('https://a.example/v1', { tls: { cert: PEM } }),
      {},
      ['half-certificate at backends/up/tls'],
    ],
    [
      'certificates without TLS',
      backendAt('http://a.example/v1', { tls: { ca: PEM } }),
      {},
      ['tls-without-https at backends/up/tls'],
    ],
  ])('%s', (_, backend, zones, findings) => expect(check(backend, zones)).toEqual(findings));
});

describe('compileEgress', () => {
  const secret = (reference: string) => new Secret(`resolved ${reference}`);

  it('takes a name that only a private network can have for one, unless the file says otherwise', () => {
    const network = (url: string, own: Parameters<typeof backendAt>[1] = {}): string =>
      compileEgress(backendAt(url, own), {}, secret).network;
    expect(
      ['http://ollama:11434/v1', 'http://vllm.svc.cluster.local/v1', 'http://gpu.internal/v1'].map((url) =>
        network(url),
      ),
    ).toEqual(['private-link', 'private-link', 'private-link']);
    expect(
      ['https://api.example.com/v1', 'http://localhost:8000/v1', 'http://10.0.0.5/v1', 'http://[::1]/v1'].map((url) =>
        network(url),
      ),
    ).toEqual(['public', 'public', 'public', 'public']);
    expect(network('http://ollama:11434/v1', { facts: { network: 'public' } })).toBe('public');
  });

  it('gives routes of equal terms one name, and others another', () => {
    const terms = (own: Partial<BackendConfig>, zones: WholeConfig['zones'] = {}): string =>
      compileEgress(backendAt('https://a.example/v1', own), zones, secret).terms;
    const all = [
      terms({}),
      terms({ facts: { network: 'private-link' } }),
      terms({ facts: { network: 'perimeter' } }, PERIMETER),
      terms({ facts: { network: 'perimeter' } }, { perimeter: { cidr: ['10.0.0.0/8'] } }),
      terms({ proxy: 'http://p:1' }),
      terms({ tls: { ca: PEM } }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(terms({ facts: { network: 'public' } })).toBe(all[0]);
    expect(terms({ proxy: 'http://p:1/' })).toBe(all[4]);
  });

  it('resolves the key and keeps its name', () => {
    const tls = { cert: PEM, key: '${file:client.key}' };
    const route = compileEgress(backendAt('https://a.example/v1', { tls }), {}, secret);
    expect(route.tls?.key?.reveal()).toBe('resolved ${file:client.key}');
    expect(route.terms).not.toContain('resolved');
  });
});
