/** A language to load with: the engine's and telemetry's real sections, the policy's taken as they come. */
import * as z from 'zod';
import type {
  ConstraintConfig,
  PolicyTestConfig,
  RuleConfig,
  TenantConfig,
  WaiverConfig,
} from '../../../src/core/config.ts';
import type { Catalogue } from '../../../src/core/catalogue.ts';
import { plainDialect } from '../../../src/core/protocol.ts';
import { defineProvider, type Provider } from '../../../src/core/provider.ts';
import { formatFindings } from '../../../src/config/format.ts';
import { loadConfig, type LoadPorts, type LoadResult } from '../../../src/config/load.ts';
import type { PlacedFinding } from '../../../src/config/place.ts';
import type { ConfigLanguage } from '../../../src/config/schema.ts';
import { createEngineCheck } from '../../../src/engine/check.ts';
import {
  backendsSchema,
  ENGINE_PLANNED,
  ENGINE_SECRETS,
  gatewaySchema,
  keysSchemaWith,
  modelsSchema,
  poolsSchema,
} from '../../../src/engine/schema.ts';
import { classifySchema, defaultsSchema } from '../../../policies/classify/schema.ts';
import { evidenceSchema, telemetrySchema } from '../../../src/telemetry/schema.ts';

function row(id: string, kind: Provider['kind'], baseUrl: string | null, auth: Provider['auth']): [string, Provider] {
  const { reasoning } = plainDialect('openai-chat');
  const provider: Provider = {
    id,
    title: id,
    kind,
    protocols: ['openai-chat'],
    baseUrl,
    auth,
    reasoning,
    onDisconnect: 'cancel',
    docs: 'https://docs.example.com',
  };
  return [id, defineProvider(provider)];
}

/** Four rows: a vendor, a local server with and without an address, and one without credentials. */
export const catalogue: Catalogue = new Map([
  row('openai', 'hosted', 'https://api.openai.com/v1', { type: 'bearer' }),
  row('openai-compatible', 'self-hosted', null, { type: 'bearer' }),
  row('vllm', 'self-hosted', null, { type: 'bearer' }),
  row('ollama', 'self-hosted', 'http://127.0.0.1:11434/v1', { type: 'none' }),
]);

/** The language of these tests. */
export const language: ConfigLanguage = {
  schemas: {
    gateway: gatewaySchema,
    zones: z.record(z.string(), z.array(z.string())).default({}),
    backends: backendsSchema,
    models: modelsSchema,
    pools: poolsSchema,
    defaults: defaultsSchema,
    classify: classifySchema,
    constraints: z.array(z.custom<ConstraintConfig>(() => true)).default([]),
    rules: z.array(z.custom<RuleConfig>(() => true)).default([]),
    tenants: z
      .record(
        z.string(),
        z.custom<TenantConfig>(() => true),
      )
      .default({}),
    keys: keysSchemaWith(z.custom<ConstraintConfig>(() => true)),
    waivers: z.array(z.custom<WaiverConfig>(() => true)).default([]),
    trust: z.custom<undefined>().optional(),
    telemetry: telemetrySchema,
    evidence: evidenceSchema,
    tests: z.array(z.custom<PolicyTestConfig>(() => true)).default([]),
  },
  optional: { backends: backendsSchema.default({}), models: modelsSchema.default({}) },
  secrets: ENGINE_SECRETS,
  planned: [...ENGINE_PLANNED, ['budgets'], ['trust']],
  checks: [createEngineCheck(catalogue)],
};

/** Ports over fixed variables and files. */
export function portsOf(
  variables: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): LoadPorts {
  return {
    variable: (name) => (Object.hasOwn(variables, name) ? variables[name]! : null),
    file: (path) => (Object.hasOwn(files, path) ? files[path]! : null),
  };
}

/** Loads a text under the name `thalweg.yaml`. */
export function load(text: string, ports: LoadPorts = portsOf(), lang: ConfigLanguage = language): LoadResult {
  return loadConfig({ name: 'thalweg.yaml', text }, lang, ports);
}

/** Everything that was found, errors and warnings. */
export function findingsOf(result: LoadResult): readonly PlacedFinding[] {
  return result.ok ? result.warnings : result.findings;
}

/** The findings as they are printed, without colour. */
export function printed(result: LoadResult): string {
  return formatFindings(findingsOf(result), { color: false });
}

/** A file that is fine, to put faults into. */
export const SOUND = `backends:
  up: { provider: openai-compatible, url: "http://127.0.0.1:18100/v1", model: "*", key: "sk-upstream" }
models:
  "*": { backends: [up] }
`;
