/** The configuration language: every section, listed once, with the schemas and checks of the rooms that own it. */
import { checkPolicies } from '../policies/check.ts';
import { classifySchema, defaultsSchema } from '../policies/classify/schema.ts';
import { constraintsSchema, POLICY_PLANNED, rulesSchema, testsSchema, zonesSchema } from '../policies/schema.ts';
import type { ConfigLanguage } from './config/schema.ts';
import type { Catalogue } from './core/catalogue.ts';
import { createEngineCheck } from './engine/check.ts';
import {
  backendsSchema,
  ENGINE_PLANNED,
  ENGINE_SECRETS,
  gatewaySchema,
  keysSchema,
  modelsSchema,
  poolsSchema,
} from './engine/schema.ts';
import { evidenceSchema, telemetrySchema } from './telemetry/schema.ts';

/** The whole language over a catalogue of providers. */
export function createLanguage(catalogue: Catalogue): ConfigLanguage {
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
      keys: keysSchema,
      telemetry: telemetrySchema,
      tests: testsSchema,
    },
    secrets: ENGINE_SECRETS,
    planned: [...ENGINE_PLANNED, ...POLICY_PLANNED, ['trust']],
    checks: [createEngineCheck(catalogue), checkPolicies],
  };
      evidence: evidenceSchema,
}
