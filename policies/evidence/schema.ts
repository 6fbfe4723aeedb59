/** The form of a recorded decision, as `replay` reads it back. */
import * as z from 'zod';

const spread = z.object({ mean: z.number(), sigma: z.number() });
const label = z.string().nullable();

const backend = z.object({
  breaker: z.enum(['closed', 'open', 'half-open']),
  probe_at: z.number().default(0),
  probing: z.boolean().default(false),
  parked_until: z.number().default(0),
  parked_because: z.enum(['rate-limit', 'auth']).nullable().default(null),
  in_flight: z.number(),
  latency: z.object({
    trust: z.number(),
    a: z.number(),
    b: z.number(),
    ratio: spread,
    tpot: z.number(),
    tpotRatio: spread,
    failures: z.number(),
    outputTokens: z.number().nullable(),
    cachedShare: z.number(),
  }),
});

const artifact = z.object({
  until: z.number(),
  fault: z.object({ rule: z.string(), what: z.string() }).nullable(),
  level: z.enum(['T0', 'T1', 'T2']),
  level_what: z.string(),
  level_until: z.number(),
});

const pool = z.object({
  slots: z.number(),
  running: z.number(),
  waiting: z.number(),
  max_waiting: z.number(),
  hold_ms: z.number(),
  usd_per_slot_ms: z.number(),
});

const preference = z.object({
  order: z.array(z.string()),
  only: z.array(z.array(z.string())),
  ignore: z.array(z.string()),
  sort: z.enum(['price', 'latency', 'throughput']).nullable(),
  maxInputUsd: z.number().nullable(),
  maxOutputUsd: z.number().nullable(),
  zeroRetention: z.boolean(),
  denyCollection: z.boolean(),
  fallbacks: z.boolean(),
  requireParameters: z.boolean(),
  unjudged: z.array(z.string()),
  backend: label,
});

/** One line of the decision log, without what the log adds around it. */
export const witnessSchema = z.object({
  decision: z.string(),
  request: z.string(),
  policy: z.string(),
  catalogue: z.string(),
  seed: z.number().int(),
  facts: z.object({
    at: z.number(),
    surface: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages']),
    model: z.string(),
    alias: z.object({
      id: z.string(),
      pick: z.enum(['ordered', 'weighted', 'cheapest', 'sticky']),
      backends: z.array(z.tuple([z.string(), z.number()])),
    }),
    stream: z.boolean(),
    tokens_in: z.number(),
    max_out: z.number().nullable(),
    choices: z.number(),
    needs: z.number(),
    body_bytes: z.number(),
    key: label,
    tenant: label,
    data: z.object({
      class: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
      labels: z.array(z.string()),
      because: z.array(
        z.object({
          source: z.enum(['default', 'key', 'rule', 'header', 'detector', 'unreadable', 'conversation']),
          name: z.string(),
          field: label,
          count: z.number(),
        }),
      ),
    }),
    headers: z.record(z.string(), z.string()).nullable(),
    user: z.string().optional(),
    stick: z.number().optional(),
    place: label.optional(),
    sealed: label.optional(),
    preference: preference.optional(),
  }),
  state: z.object({
    tick: z.number(),
    at: z.number(),
    backends: z.record(z.string(), backend),
    pools: z.record(z.string(), pool),
    miss_usd: z.record(z.string(), z.number()),
    artifacts: z.record(z.string(), artifact.nullable()).default({}),
  }),
  plan: z.object({
    rule: z.string(),
    attempts: z.array(z.tuple([z.string(), z.string()])),
    refusal: label,
  }),
});

/** A recorded decision. */
export type Witness = z.infer<typeof witnessSchema>;
