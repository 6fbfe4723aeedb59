/** The configuration language: every section, listed once, with the schemas and checks of the rooms that own it. */
import { createPolicyCheck } from '../policies/check.ts';
import { classifySchema, defaultsSchema } from '../policies/classify/schema.ts';
import { constraintSchema, constraintsSchema, tenantsSchema, waiversSchema } from '../policies/filters/schema.ts';
import { POLICY_PLANNED, rulesSchema, testsSchema, zonesSchema } from '../policies/schema.ts';
import type { ConfigLanguage } from './config/schema.ts';
import type { Catalogue } from './core/catalogue.ts';
import { createEngineCheck } from './engine/check.ts';
import {
  backendsSchema,
  ENGINE_PLANNED,
  ENGINE_SECRETS,
  gatewaySchema,
  keysSchemaWith,
  modelsSchema,
  poolsSchema,
} from './engine/schema.ts';
import { evidenceSchema, telemetrySchema } from './telemetry/schema.ts';
import { checkTrust } from './trust/compile.ts';
import { TRUST_PLANNED, trustSchema } from './trust/schema.ts';

/**
 * The whole language over a catalogue of providers.
 * @param now the wall clock, ms since the epoch: what has ended is warned of
 */
export function createLanguage(catalogue: Catalogue, now: (() => number) | null = null): ConfigLanguage {
  return {
    schemas: {
      gateway: gatewaySchema,
      zones: zonesSchema,
      backends: backendsSchema,
      models: modelsSchema,
      pools: poolsSchema,
      defaults: defaultsSchema,
      classify: classifySchema,
      constraints: constraintsSchema,
      rules: rulesSchema,
      tenants: tenantsSchema,
      keys: keysSchemaWith(constraintSchema),
      waivers: waiversSchema,
      trust: trustSchema,
      telemetry: telemetrySchema,
      evidence: evidenceSchema,
      tests: testsSchema,
    },
    optional: { backends: backendsSchema.default({}), models: modelsSchema.default({}) },
    secrets: ENGINE_SECRETS,
    planned: [...ENGINE_PLANNED, ...POLICY_PLANNED, ...TRUST_PLANNED],
    checks: [createEngineCheck(catalogue), createPolicyCheck(catalogue, now), checkTrust],
  };
}
