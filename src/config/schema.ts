/** What the configuration room knows of schemas: the language as the rooms' zod types, their issues, their JSON Schema. */
import * as z from 'zod';
import type { ConfigCheck, ConfigPath, WholeConfig } from '../core/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { PathPattern } from './path.ts';

/** A key at the top of the file that a room owns. */
export type SectionKey = Exclude<keyof WholeConfig, 'version'>;

/** The whole language, put together by `src/sections.ts`. */
export interface ConfigLanguage {
  /**
   * One schema per section, which takes `undefined` for an absent section where it may be absent. Issues made by
   * `superRefine` and the like may carry `params: { code, fix }`: a kebab-case code and a sentence that mends it.
   */
  readonly schemas: { readonly [K in SectionKey]: z.ZodType<WholeConfig[K]> };
  /** Places of secrets, from the top: they are checked and never expanded, shown or compared in the open. */
  readonly secrets: readonly PathPattern[];
  /** Places of the language that this version does not have yet, sections and fields, from the top. */
  readonly planned: readonly PathPattern[];
  /** Of the sections that must be there: schemas that do without, for judging what is left of a file. */
  readonly optional: { readonly [K in SectionKey]?: z.ZodType<WholeConfig[K]> };
  /** Run in order over what the schemas let pass. */
  readonly checks: readonly ConfigCheck[];
}

/** One thing that a schema found. */
export type SchemaIssue = z.core.$ZodIssue;

/** The validated configuration, or everything that the schemas found. */
export type Validation =
  | { readonly ok: true; readonly whole: WholeConfig }
  | { readonly ok: false; readonly issues: readonly SchemaIssue[] };

/** Checks an expanded document against every section at once and fills in the defaults. */
export function validate(language: ConfigLanguage, raw: unknown): Validation {
  const result = documentOf(language).safeParse(raw);
  return result.success ? { ok: true, whole: result.data } : { ok: false, issues: result.error.issues };
}

/** The same, where sections that must be there may be missing: for what is left of a document that did not pass. */
export function validateRest({ schemas, optional }: ConfigLanguage, raw: unknown): Validation {
  const result = z.strictObject({ version, ...schemas, ...optional }).safeParse(raw);
  return result.success ? { ok: true, whole: result.data } : { ok: false, issues: result.error.issues };
}

/** The places that an issue is about. */
export function placesOf(issue: SchemaIssue): readonly ConfigPath[] {
  const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [at];
}

/** JSON Schema (draft 2020-12) of the file as it is written, before expansion. */
export function rawJsonSchema(language: ConfigLanguage): JsonObject {
  const schema = z.toJSONSchema(documentOf(language), {
    io: 'input',
    unrepresentable: 'any',
    // zod drops the examples of what it transforms; ours are written as in the file.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return JSON.parse(JSON.stringify(schema));
}

const version = z.literal(1).default(1).describe('Version of the configuration language; 1 is the only one.');

const documents = new WeakMap<ConfigLanguage, z.ZodType<WholeConfig>>();

/** Built once per language: zod compiles a schema when it is first used. */
function documentOf(language: ConfigLanguage): z.ZodType<WholeConfig> {
  const known = documents.get(language);
  if (known !== undefined) return known;
  const document = z.strictObject({ version, ...language.schemas });
  documents.set(language, document);
  return document;
}
