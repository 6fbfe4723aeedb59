/** What servers say of their models, as they say it, and what that is worth beside a signature. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import type { ArtifactEvidence, StoreEvidence } from '../../../src/trust/evidence.ts';
import { gradeReport } from '../../../src/trust/level.ts';
import { queriesOf, readReport } from '../../../src/trust/server-report.ts';

const DIGEST = 'a'.repeat(64);
const TEMPLATE = 'b'.repeat(64);

function evidence(store: StoreEvidence | null = null): ArtifactEvidence {
  const manifest = {
    resources: [{ name: 'sub/r1.Q4.gguf', digest: DIGEST }],
    method: 'files',
    hashType: 'sha256',
    shardBytes: null,
    allowSymlinks: false,
    ignorePaths: [],
  } as const;
  const signer = { method: 'key', keyDigest: '0', hint: '0' } as const;
  return {
    verified: { signer, subject: 'r1', manifest, rootDigest: '0', manifestDigest: '0', warnings: [] },
    files: 1,
    inspection: { findings: [], weights: [], templates: [{ file: 'x', where: 'y', sha256: TEMPLATE }] },
    store,
    storeFault: null,
    verifiedAt: 0,
  };
}

function storeWith(weightsMatch: boolean): StoreEvidence {
  const report = { matched: ['a'], different: [], unclaimed: [], unsigned: [], weightsMatch };
  return { source: 'ollama', revision: DIGEST, report };
}

interface Case {
  readonly provider: string;
  readonly answers: readonly Json[];
  readonly level: string;
  readonly says: string;
  readonly store?: StoreEvidence;
  readonly reports?: readonly string[];
  readonly template?: string;
}

const list = (...cards: readonly Json[]): Json => ({ object: 'list', data: cards });
const ollama = (digest: string): Json => ({ models: [{ name: 'r1:latest', model: 'r1:latest', digest }] });

const CASES: Readonly<Record<string, Case>> = {
  'llama.cpp with a signed file': {
    provider: 'llama-cpp',
    answers: [{ model_path: '/srv/x/r1.Q4.gguf', chat_template: 't', build_info: 'b8146' }, list({ id: 'r1' })],
    level: 'T1',
    says: '"/srv/x/r1.Q4.gguf", the name "r1"',
    template: TEMPLATE,
  },
  'llama.cpp with another template': {
    provider: 'llama-cpp',
    answers: [{ model_path: '/srv/x/r1.Q4.gguf', chat_template: 'u' }, null],
    level: 'T0',
    says: 'a chat template that was not signed',
    template: 'c'.repeat(64),
  },
  'llama.cpp with another file': {
    provider: 'llama-cpp',
    answers: [{ model_path: 'other.gguf' }, null],
    level: 'T0',
    says: 'to have loaded "other.gguf"',
  },
  'vLLM in the folder': {
    provider: 'vllm',
    answers: [list({ id: 'r1', root: '/data/models/r1/', max_model_len: 8192 })],
    level: 'T1',
    says: '"/data/models/r1/", the name "r1"',
  },
  'vLLM from a repository': {
    provider: 'vllm',
    answers: [list({ id: 'r1', root: 'org/r1' })],
    level: 'T1',
    says: 'org/r1',
  },
  'vLLM from a repository that was not named': {
    provider: 'vllm',
    answers: [list({ id: 'r1', root: 'org/r1' })],
    level: 'T0',
    says: 'org/r1',
    reports: ['org/other'],
  },
  'vLLM under another name': {
    provider: 'vllm',
    answers: [list({ id: 'r2' })],
    level: 'T0',
    says: 'serves "r2", not "r1"',
  },
  SGLang: {
    provider: 'sglang',
    answers: [{ model_path: '/models/r1', is_generation: true }, list({ id: 'r1' }), { version: '0.5' }],
    level: 'T1',
    says: '"/models/r1"',
  },
  'LM Studio': {
    provider: 'lm-studio',
    answers: [list({ id: 'r1', state: 'loaded' })],
    level: 'T1',
    says: 'the name "r1"',
  },
  'Ollama without a store': {
    provider: 'ollama',
    answers: [ollama(DIGEST), null, null],
    level: 'T1',
    says: 'the name "r1"',
  },
  'Ollama with the signed manifest loaded': {
    provider: 'ollama',
    answers: [ollama(`sha256:${DIGEST}`), null, null],
    level: 'T2',
    says: DIGEST,
    store: storeWith(true),
  },
  'Ollama with the signed manifest at rest': {
    provider: 'ollama',
    answers: [{ models: [] }, ollama(DIGEST), { version: '0.20' }],
    level: 'T2',
    says: DIGEST,
    store: storeWith(true),
  },
  'Ollama with another manifest': {
    provider: 'ollama',
    answers: [ollama('d'.repeat(64)), ollama(DIGEST), null],
    level: 'T0',
    says: 'names the manifest dddd',
    store: storeWith(true),
  },
  'Ollama with weights that nobody signed': {
    provider: 'ollama',
    answers: [ollama(DIGEST), null, null],
    level: 'T0',
    says: 'weights that were not signed',
    store: storeWith(false),
  },
  nonsense: { provider: 'vllm', answers: ['<html>'], level: 'T0', says: 'did not say' },
  'an odd list': { provider: 'vllm', answers: [{ data: [null, 1, { id: 2 }] }], level: 'T0', says: 'did not say' },
};

describe('what a server says', () => {
  it.each(Object.entries(CASES))(
    'is graded: %s',
    (_name, { provider, answers, level, says, store, reports, template }) => {
      const report = readReport(provider, answers, 'r1');
      const terms = { path: '/models/r1', reports: reports ?? null };
      const grade = gradeReport({ terms, model: 'r1', report, evidence: evidence(store), template: template ?? null });
      expect(grade.level).toBe(level);
      expect(grade.what).toContain(says);
      expect(gradeReport({ terms, model: 'r1', report, evidence: null, template: null }).level).toBe('T0');
    },
  );

  it('is not asked of those who have no way to say it', () => {
    expect(queriesOf('openai')).toBeNull();
    expect(queriesOf('constructor')).toBeNull();
    expect(queriesOf('vllm')?.map(({ path }) => path)).toEqual(['/models']);
  });
});
