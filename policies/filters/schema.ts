/** Schemas of constraints and of what waives them: `constraints`, `tenants`, `waivers`. */
import * as z from 'zod';
import { TRUST_LEVELS } from '../../src/core/artifact.ts';
import type { ConstraintConfig, TenantConfig, WaiverConfig } from '../../src/core/config.ts';
import { day, place } from '../../src/core/schema.ts';
import { NETWORKS } from '../facts.ts';

/** Its name in traces, logs and explanations. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, {
    error: 'use letters, digits and . _ -, beginning with a letter or digit, 128 at most',
  })
  .describe('Its name in traces, logs and explanations.');

/** An unknown key is reported as such, not as an empty map too. */
const isClean = ({ issues }: { readonly issues: readonly unknown[] }): boolean => issues.length === 0;

// whether a place is a country or a zone is asked of the whole file
const places = z.union([place, z.array(place).min(1)]).describe('A zone, a country, or a list of them.');

const ofPlaces = z.union([
  places,
  z.strictObject({ subset: places.describe('Every country that is known must be one of these.') }),
  z.strictObject({ in: places.describe('The same as subset, for a single country.') }),
  z.strictObject({ not_in: places.describe('No country that is known may be one of these.') }),
]);

/** One of a few words, or of any. */
function ofWords<S extends z.ZodType<string>>(word: S) {
  const words = z.union([word, z.array(word).min(1)]);
  return z.union([
    word,
    z.strictObject({ in: words.describe('One of these.') }),
    z.strictObject({ not_in: words.describe('None of these.') }),
  ]);
}

/** A whole number, or its limits. */
function ofNumber(number: z.ZodType<number>) {
  return z.union([
    number,
    z.strictObject({ max: number.describe('At most so much.') }),
    z.strictObject({ min: number.describe('At least so much.') }),
  ]);
}

const level = z.enum(TRUST_LEVELS);
const name = z.string().min(1);
const names = z.union([name, z.array(name).min(1)]);
const days = z.number().int().nonnegative();

const requirements = z
  .strictObject({
    'operator.country': ofPlaces.exactOptional().describe('Country of the company that runs it.'),
    'operator.control': ofPlaces.exactOptional().describe('Countries whose law can compel its operator or a parent.'),
    'operator.group': ofWords(name).exactOptional().describe('The group that its operator belongs to.'),
    'compute.countries': ofPlaces.exactOptional().describe('Countries that it may compute in.'),
    'storage.countries': ofPlaces.exactOptional().describe('Countries that prompts or answers may be stored in.'),
    'metadata.countries': ofPlaces.exactOptional().describe('Countries that telemetry and billing data may be in.'),
    retention_days: ofNumber(days).exactOptional().describe('Days that prompts or answers are kept.'),
    trains_on_data: z.boolean().exactOptional().describe('Whether prompts or answers are used for training.'),
    human_review: z.boolean().exactOptional().describe('Whether people may read prompts or answers.'),
    certs: z
      .union([
        z.strictObject({ all: names.describe('Every one of these.') }),
        z.strictObject({ any: names.describe('One of these at least.') }),
      ])
      .exactOptional()
      .describe('Certificates that have not expired.'),
    'sovereignty.seal': ofNumber(z.number().int().min(0).max(4)).exactOptional().describe('SEAL level, 0 to 4.'),
    'model.origin': ofPlaces.exactOptional().describe('Country of the company that made the model.'),
    'model.licence': ofWords(name).exactOptional().describe('Licence of the model.'),
    network: ofWords(z.enum(NETWORKS))
      .exactOptional()
      .describe('How it is reached: public, private-link or perimeter.'),
    accelerator: ofWords(name).exactOptional().describe('What it computes on.'),
    'artifact.signature': z
      .literal('verified')
      .exactOptional()
      .describe('That this gateway has read its signed files and holds them verified at this moment.'),
    'artifact.level': z
      .union([level, z.strictObject({ min: level.describe('At least so much.') })])
      .exactOptional()
      .describe('What its server says of the model that it has loaded: T0 nothing, T1 a name or path, T2 a digest.'),
    pool: ofWords(name).exactOptional().describe('The pool whose slots it uses.'),
    'gateway.countries': ofPlaces
      .exactOptional()
      .describe('Where this gateway itself must stand; a request from elsewhere is sent to the right one (421).'),
  })
  .refine((require) => Object.keys(require).length > 0, {
    error: 'the constraint requires nothing',
    when: isClean,
    params: { code: 'empty-value', fix: 'name a fact, for example: require: { trains_on_data: false }' },
  })
  .describe('What must be known of a backend; an unknown fact never satisfies.')
  .meta({ examples: [{ 'compute.countries': { subset: 'EEA' } }] });

/** An entry of `constraints:`, wherever it stands. */
export const constraintSchema = z
  .strictObject({
    id,
    when: z
      .string()
      .optional()
      .describe('CEL over request.*, key.* and data.*; absent = always. What cannot be decided counts as true.')
      .meta({ examples: ['key.tenant == "bank"'] }),
    require: requirements,
    min_grade: z
      .enum(['declared', 'contractual', 'reported', 'attested'])
      .optional()
      .describe('How well its facts must be known at least; absent = declared.'),
  })
  // written once in schema.json, however often it is used
  .meta({ id: 'constraint' }) satisfies z.ZodType<ConstraintConfig>;

/** `constraints:`; absent = none. */
export const constraintsSchema = z
  .array(constraintSchema)
  .default([])
  .describe('Hard rules. All that apply must hold, in whatever order they are written.') satisfies z.ZodType<
  readonly ConstraintConfig[]
>;

/** `tenants:` by id; absent = none. */
export const tenantsSchema = z
  .record(
    z.string().min(1),
    z.strictObject({
      constraints: z
        .array(constraintSchema)
        .default([])
        .describe('Constraints of its own, on top of those of the gateway.'),
    }),
  )
  .default({})
  .describe('Who the keys belong to. Where tenants are listed, a key may name no other.')
  .meta({ examples: [{ acme: { constraints: [] } }] }) satisfies z.ZodType<Readonly<Record<string, TenantConfig>>>;

const waiver = z.strictObject({
  id,
  constraint: z.string().describe('Id of the constraint that does not hold.'),
  backends: z.array(z.string()).min(1).describe('Ids of the backends for which it does not hold.'),
  tenants: z.array(z.string()).min(1).optional().describe('Only for these tenants; absent = for every caller.'),
  keys: z.array(z.string()).min(1).optional().describe('Only for these keys.'),
  reason: z.string().min(1).describe('Why; shown in every decision that it touches.'),
  approver: z.string().min(1).describe('Who answers for it.'),
  expires: day.describe('The last day on which it counts, YYYY-MM-DD.'),
}) satisfies z.ZodType<WaiverConfig>;

/** `waivers:`; absent = none. */
export const waiversSchema = z
  .array(waiver)
  .default([])
  .describe('Exceptions to single constraints, with a reason, a name and an end.')
  .meta({
    examples: [
      [
        {
          id: 'w1',
          constraint: 'eea',
          backends: ['up'],
          reason: 'migration',
          approver: 'dpo@example.com',
          expires: '2027-01-31',
        },
      ],
    ],
  }) satisfies z.ZodType<readonly WaiverConfig[]>;
