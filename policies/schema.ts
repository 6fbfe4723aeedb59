/** Schemas of the sections that policies own beside constraints and classes: `zones`, `rules`, `tests`. */
import * as z from 'zod';
import type { PolicyTestConfig, RuleConfig, ZoneConfig } from '../src/core/config.ts';
import type { ErrorCode } from '../src/core/error-codes.ts';
import { duration, place } from '../src/core/schema.ts';
import { classWord, labelWord } from './classify/schema.ts';
import { CAPABILITY_NAMES } from './filters/capability.ts';
import { id } from './filters/schema.ts';

/** Sections and fields of the policy language that this version does not have. */
export const POLICY_PLANNED: readonly (readonly string[])[] = Object.freeze([
  ...['budgets', 'calendar'].map((name) => [name]),
  ...['prices'].map((name) => ['rules', '*', 'objective', name]),
  ...['burst', 'cascade', 'prefer', 'rollout', 'schedule'].map((name) => ['rules', '*', name]),
  ...['hedge', 'never_on', 'retry_budget'].map((name) => ['rules', '*', 'attempts', name]),
  ...['route'].map((name) => ['tests', '*', 'given', name]),
]);

/** An unknown key is reported as such, not as an empty map too. */
const isClean = ({ issues }: { readonly issues: readonly unknown[] }): boolean => issues.length === 0;

/** `zones:` names for lists of countries; absent = only the built-in EU and EEA. */
export const zonesSchema = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: 'use letters, digits, _ and -, beginning with a letter' }),
    z.union(
      [
        z.array(place).min(1),
        z.strictObject({ cidr: z.array(z.string()).min(1).describe('Ranges of addresses, like 10.20.0.0/16.') }),
      ],
      {
        // a list is meant: what is wrong with its members says more than that it is no perimeter
        error: ({ input, errors }) => (Array.isArray(input) ? errors?.[0]?.[0]?.message : undefined),
      },
    ),
  )
  .default({})
  .describe(
    'Names for lists of countries. EU and EEA are there already and may be defined otherwise; perimeter: { cidr: … } names addresses.',
  )
  .meta({ examples: [{ home: ['DE', 'FR'] }] }) satisfies z.ZodType<Readonly<Record<string, ZoneConfig>>>;

const rule = z.strictObject({
  id,
  match: z
    .string()
    .describe('CEL over request.*, key.* and data.*; the first rule that holds is used, the last one must be true.')
    .meta({ examples: ['true'] }),
  lossy: z
    .enum(['allow', 'warn', 'refuse'])
    .optional()
    .describe('What happens to requests that a backend cannot be told without loss; absent = as the gateway says.'),
  pick: z
    .enum(['ordered', 'weighted', 'cheapest', 'sticky'])
    .optional()
    .describe('How a backend is chosen; absent = as the model says.'),
  objective: z
    .strictObject({
      minimise: z.literal('cost').describe('The expected cost of the request in USD.'),
      subject_to: z
        .strictObject({
          ttft_p95: duration.optional().describe('Time to the first content. A duration.'),
          tpot_p95: duration.optional().describe('Mean time per output token after the first. A duration.'),
          attainment: z
            .number()
            .min(0.5)
            .max(0.999)
            .optional()
            .describe('Share of requests that must keep the limits; absent = 0.95.'),
        })
        .refine(({ ttft_p95, tpot_p95 }) => ttft_p95 !== undefined || tpot_p95 !== undefined, {
          error: 'there is no limit to be subject to',
          when: isClean,
          params: { code: 'empty-value', fix: 'name one, for example: subject_to: { ttft_p95: 2s }' },
        })
        .optional()
        .describe('How fast answers must be. What a miss costs follows from how often they are.'),
      guard: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe('A backend that is likelier than this to miss a limit is tried last; absent = 0.25.'),
      tie_break: z
        .enum(['listed', 'carbon', 'latency'])
        .optional()
        .describe(
          'What decides between costs within 3 %: the order of the file, the electricity of compute.countries, the time to the first content; absent = which is less busy.',
        ),
    })
    .optional()
    .describe('What the choice is for; minimise: cost is pick: cheapest.')
    .meta({ examples: [{ minimise: 'cost', subject_to: { ttft_p95: '2s', attainment: 0.95 } }] }),
  attempts: z
    .strictObject({
      max: z.number().int().min(1).max(10).optional().describe('Tries per request, the first included; absent = 3.'),
      deadline: duration.optional().describe('For all tries together. A duration.'),
      redundancy: z
        .strictObject({
          min: z.number().int().min(2).max(10).describe('So many must be left: 2 = one may fail.'),
          distinct: z
            .enum(['operator.group', 'operator.country', 'compute.countries', 'provider'])
            .default('operator.group')
            .describe('What must differ between them.'),
        })
        .optional()
        .describe(
          'Checked at load for every kind of request: how many backends must be left that do not fail together.',
        )
        .meta({ examples: [{ min: 2, distinct: 'operator.country' }] }),
    })
    .optional()
    .describe('How often and how long backends are tried.'),
}) satisfies z.ZodType<RuleConfig>;

/** `rules:`; absent = each model as it says itself. */
export const rulesSchema = z
  .array(rule)
  .default([])
  .describe('Which requests are treated how; the first that matches is used.') satisfies z.ZodType<
  readonly RuleConfig[]
>;

/** The codes that a decision can end in. */
const REFUSAL_CODES = [
  'model-not-found',
  'capacity-exhausted-within-policy',
  'policy-no-eligible-backend',
  'wrong-gateway-region',
  'request-unsatisfiable',
  'context-length-exceeded',
] as const satisfies readonly ErrorCode[];

const policyTest = z.strictObject({
  name: z.string().min(1).describe('What it shows, in words.'),
  given: z
    .strictObject({
      model: z.string().optional().describe('The name that is asked for; absent = the first one.'),
      text: z.string().optional().describe('The prompt; counts as a token for every four bytes.'),
      class: classWord.optional().describe('The least class, besides what is found in the text.'),
      labels: z.array(labelWord).optional().describe('Labels, besides those that are found.'),
      tokens_in: z.number().int().nonnegative().optional().describe('Input tokens; absent = counted from the text.'),
      max_out: z.number().int().positive().optional().describe('Output limit that the client set, tokens.'),
      stream: z.boolean().optional().describe('Whether a stream is asked for.'),
      needs: z.array(z.enum(CAPABILITY_NAMES)).optional().describe('What the backend must be able to do.'),
      key: z.string().optional().describe('Id of a key.'),
      user: z.string().optional().describe('The user that the request names.'),
      headers: z.record(z.string(), z.string()).optional().describe('Request headers.'),
      down: z.array(z.string()).optional().describe('Backends that are down in this test.'),
      saturated: z.array(z.string()).optional().describe('Pools whose slots and queues are full in this test.'),
    })
    .default({})
    .describe('The request in outline.'),
  expect: z
    .strictObject({
      class: classWord.optional().describe('The class of the request.'),
      labels: z.array(labelWord).optional().describe('Exactly these labels, in any order.'),
      rule: z.string().optional().describe('The rule that matches.'),
      first: z.string().optional().describe('The backend that is tried first.'),
      eligible: z.array(z.string()).optional().describe('Exactly these backends, in any order.'),
      not_eligible: z.array(z.string()).optional().describe('Backends that must be out.'),
      denied: z
        .record(z.string(), z.array(z.string()))
        .optional()
        .describe('By backend: exactly the constraints and filters that keep it out, in any order.'),
      code: z.enum(REFUSAL_CODES).optional().describe('The error of the refusal.'),
      status: z.number().int().optional().describe('Its HTTP status; 200 where there is a plan.'),
    })
    .refine((expect) => Object.keys(expect).length > 0, {
      error: 'the test expects nothing',
      when: isClean,
      params: { code: 'empty-value', fix: 'say what must come out, for example: expect: { first: up }' },
    })
    .describe('What must come out.')
    .meta({ examples: [{ first: 'up' }] }),
}) satisfies z.ZodType<PolicyTestConfig>;

/** `tests:`; absent = none. */
export const testsSchema = z
  .array(policyTest)
  .default([])
  .describe('Decisions that must come out; run at every load, a failure refuses the file.') satisfies z.ZodType<
  readonly PolicyTestConfig[]
>;
