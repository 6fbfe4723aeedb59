/** Schemas of the sections that the engine owns: `gateway`, `backends`, `models`, `pools`, `keys`. */
import * as z from 'zod';
import { Capability, type CapabilityName } from '../core/backend.ts';
import type {
  BackendConfig,
  ConstraintConfig,
  GatewayConfig,
  KeyConfig,
  ModelConfig,
  PhaseConfig,
  PoolConfig,
} from '../core/config.ts';
import { DATA_CLASSES, type DataClassWord } from '../core/data-class.ts';
import { country, day, duration } from '../core/schema.ts';
import { parseSize, SIZE_FORM } from '../core/units.ts';
import { ADDRESS_FORM } from './address.ts';
import { factsSchema } from './place/schema.ts';

/** Places of secrets in these sections. */
export const ENGINE_SECRETS = [
  ['backends', '*', 'key'],
  ['backends', '*', 'tls', 'key'],
] as const;

/** Fields of these sections that the language has and this version does not. */
export const ENGINE_PLANNED = [
  ['backends', '*', 'attest'],
  ['keys', '*', 'budget'],
] as const;

const MiB = 1024 ** 2;
const LARGEST_EVENT = 16 * MiB;

const size = z
  .string()
  .regex(SIZE_FORM, { error: 'this must be a size: a whole number with B, KiB, MiB or GiB' })
  .meta({ examples: ['4MiB'] })
  .transform((text) => parseSize(text) ?? 0)
  .refine((bytes) => bytes > 0, {
    error: 'this must be more than nothing',
    params: { code: 'out-of-range', fix: 'write 1KiB or more' },
  });

const address = z
  .string()
  .regex(ADDRESS_FORM, { error: 'this must be host:port, like 127.0.0.1:8080 or [::1]:8080' })
  .meta({ examples: ['127.0.0.1:8080'] });

const phases = {
  connect: duration.describe('Name resolution, TCP and TLS. A duration.'),
  headers: duration.describe('From the request sent to the response headers. A duration.'),
  first_byte: duration.describe('From the response headers to the first byte of the body. A duration.'),
  idle: duration.describe('Between two pieces of the body. A duration.'),
  total: duration.describe('The whole exchange with a backend. A duration.'),
};

const ownPhases = {
  connect: phases.connect.exactOptional(),
  headers: phases.headers.exactOptional(),
  first_byte: phases.first_byte.exactOptional(),
  idle: phases.idle.exactOptional(),
  total: phases.total.exactOptional(),
};

const phaseDefaults = z.strictObject({
  connect: phases.connect.prefault('3s'),
  headers: phases.headers.prefault('60s'),
  first_byte: phases.first_byte.prefault('60s'),
  idle: phases.idle.prefault('60s'),
  total: phases.total.prefault('10m'),
}) satisfies z.ZodType<PhaseConfig>;

const limits = z.strictObject({
  body: size.prefault('4MiB').describe('Largest request body. A size.'),
  answer: size.prefault('64MiB').describe('Largest answer that is not streamed. A size.'),
  event: size
    .refine((bytes) => bytes <= LARGEST_EVENT, {
      error: 'an event may have at most 16MiB',
      params: { code: 'out-of-range', fix: 'write 16MiB or less' },
    })
    .prefault('1MiB')
    .describe('Largest event of a stream, 16MiB at most. A size.'),
});

/** `gateway:`; absent = all defaults. */
export const gatewaySchema = z
  .strictObject({
    listen: address
      .default('127.0.0.1:8080')
      .describe('Where clients connect, host:port. Beyond loopback it needs keys.'),
    admin: address
      .default('127.0.0.1:8081')
      .describe('Where health and metrics are served, host:port. Keep it private.'),
    countries: z
      .array(country)
      .default([])
      .describe('Countries this gateway runs in, ISO 3166-1 alpha-2 codes; at the edge the runtime knows better.'),
    regions: z
      .record(
        z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'use letters, digits and . _ -' }),
        z.strictObject({
          countries: z.array(country).min(1).describe('Countries that gateway runs in.'),
          url: z
            .string()
            .regex(/^https?:\/\/[^/?#\s]+$/, { error: 'this must be an origin, like https://eu.example.com' })
            .describe('Its origin; the path of the request is added.'),
        }),
      )
      .optional()
      .describe('Gateways in other places: a request that may not be served from here is told where to go (421).'),
    lossy: z
      .enum(['allow', 'warn', 'refuse'])
      .default('warn')
      .describe('What happens to requests that a backend cannot be told without loss; rules may say otherwise.'),
    open: z
      .boolean()
      .default(false)
      .describe('True serves without keys beyond loopback: anybody who connects can spend.'),
    hosts: z
      .array(
        z.string().regex(/^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/, {
          error: 'this must be a host name in small letters',
        }),
      )
      .default([])
      .describe('Host names that requests may name; empty = any.'),
    origins: z
      .array(
        z
          .string()
          .regex(/^https?:\/\/[a-z0-9.[\]:-]+$/, { error: 'this must be an origin, like https://app.example.com' }),
      )
      .default([])
      .describe('Origins that browsers may call from; empty = none.'),
    limits: limits.prefault({}).describe('Largest bodies, in bytes.'),
    timeouts: phaseDefaults
      .prefault({})
      .describe('How long each phase of an attempt may take; backends may say otherwise.'),
    grace: duration.prefault('30s').describe('How long running answers may finish after SIGTERM. A duration.'),
  })
  .prefault({})
  .describe('Where the gateway listens, where it stands and what it carries.') satisfies z.ZodType<GatewayConfig>;

const usd = z.number().nonnegative();

const capabilityNames = Object.keys(Capability).filter((name): name is CapabilityName =>
  Object.hasOwn(Capability, name),
);

const price = z.strictObject({
  input: usd.optional().describe('USD per million input tokens.'),
  output: usd.optional().describe('USD per million output tokens.'),
  cached_input: usd.optional().describe('USD per million input tokens read from the cache.'),
  cache_write: usd.optional().describe('USD per million input tokens written to the cache.'),
  source: z.string().min(1).optional().describe('Where the price is from.'),
  as_of: day.optional().describe('Date of the price, YYYY-MM-DD.'),
});

const pem = z.string().regex(/-----BEGIN [A-Z ]+-----/, { error: 'this must be PEM text, for example ${file:ca.pem}' });

const backend = z.strictObject({
  provider: z
    .string()
    .min(1)
    .describe('A row of the catalogue of vendors and servers.')
    .meta({ examples: ['openai-compatible'] }),
  url: z
    .string()
    .optional()
    .describe('Base URL with its version prefix; absent = the one in the catalogue.')
    .meta({ examples: ['http://127.0.0.1:8000/v1'] }),
  model: z
    .string()
    .min(1)
    .describe('Name of the model there; "*" = the name that the client asked for.')
    .meta({ examples: ['*'] }),
  key: z
    .string()
    .min(1)
    .optional()
    .describe('Secret: ${VAR}, ${VAR:-default} or ${file:path}.')
    .meta({ examples: ['${API_KEY}'] }),
  reasoning: z
    .enum(['field', 'tags', 'primed', 'none'])
    .optional()
    .describe(
      'How it shows reasoning: in a field, between <think> tags, or begun inside them; absent = as the catalogue says.',
    ),
  context: z.number().int().positive().optional().describe('Tokens it reads and writes together.'),
  max_output: z.number().int().positive().optional().describe('Tokens it may write.'),
  capabilities: z
    .partialRecord(z.enum(capabilityNames), z.boolean())
    .optional()
    .describe('What it can do (true) and cannot (false); absent = not known.'),
  region: z
    .string()
    .min(1)
    .optional()
    .describe('A region of the provider: the catalogue knows how it is chosen, and sets it.')
    .meta({ examples: ['eu'] }),
  facts: factsSchema.optional().describe('What is known of it, for constraints; an unknown fact never satisfies one.'),
  price: price.optional().describe('USD per million tokens; absent = the price book, else unknown, never free.'),
  timeouts: z.strictObject(ownPhases).optional().describe('Limits of its own, in place of those of the gateway.'),
  tls: z
    .strictObject({
      ca: pem.optional().describe('The only certificate authorities that are trusted, PEM; ${file:ca.pem}.'),
      cert: pem.optional().describe('The certificate that the gateway shows, PEM.'),
      key: z.string().min(1).optional().describe('Secret: its private key, PEM; ${file:client.key}.'),
    })
    .optional()
    .describe('Certificates of its own; absent = the authorities of the system.'),
  proxy: z
    .string()
    .regex(/^http:\/\/[^/?#@]+\/?$/, { error: 'this must be http://host:port' })
    .optional()
    .describe('A proxy that is asked to CONNECT. Proxies named in the environment are never used.'),
  binding: z
    .string()
    .regex(/^[A-Za-z_$][\w$]*$/, { error: 'this must be the name of a binding: letters, digits, _ and $' })
    .optional()
    .describe('In Cloudflare Workers: the service or VPC service that leads there, and the only way that is used.'),
  artifact: z
    .string()
    .min(1)
    .optional()
    .describe('Id of an entry of trust.models: the route is open only while its files are verified.'),
}) satisfies z.ZodType<BackendConfig>;

const backendId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/, {
  error: 'use letters, digits and . _ @ -, beginning with a letter or digit, 128 at most',
});

/** `backends:` by id; at least one. */
export const backendsSchema = z
  .record(backendId, backend)
  .refine((map) => Object.keys(map).length > 0, {
    error: 'there is no backend',
    params: { code: 'empty-value', fix: 'add one: up: { provider: openai, model: "*", key: "${OPENAI_API_KEY}" }' },
  })
  .describe('Models at providers, by id: what policies choose between.')
  .meta({ examples: [{ up: { provider: 'openai', model: '*', key: '${OPENAI_API_KEY}' } }] }) satisfies z.ZodType<
  Readonly<Record<string, BackendConfig>>
>;

const choice = z.union([
  z.string().transform((id) => ({ id, weight: 1 })),
  z.strictObject({
    id: z.string().describe('Id of a backend.'),
    weight: z.number().positive().default(1).describe('Share for pick: weighted, more than 0.'),
  }),
]);

const model = z.strictObject({
  backends: z
    .array(choice)
    .min(1)
    .describe('Ids of backends, or { id, weight }, in the order of preference.')
    .meta({ examples: [['up']] }),
  pick: z
    .enum(['ordered', 'weighted', 'cheapest', 'sticky'])
    .default('ordered')
    .describe(
      'ordered: as listed; weighted: by chance and weight; cheapest: by known price; sticky: equal beginnings of prompts together.',
    ),
  answer: z
    .enum(['asked', 'upstream'])
    .default('asked')
    .describe('Which model name the answer carries: the one asked for, or the one upstream.'),
}) satisfies z.ZodType<ModelConfig>;

const pool = z.strictObject({
  backends: z.array(z.string()).min(1).describe('Ids of the backends that share the slots.'),
  limit: z.number().int().min(1).max(100_000).describe('Requests that may run at a time over all of them.'),
  queue: z
    .strictObject({
      max_wait: duration.optional().describe('How long a request may wait for a slot; absent = 800ms. A duration.'),
      max_depth: z.number().int().min(0).max(100_000).default(64).describe('How many may wait.'),
    })
    .transform(({ max_wait = 800, max_depth }) => ({ max_wait, max_depth }))
    .default({ max_wait: 800, max_depth: 64 })
    .describe('The queue before the slots.'),
}) satisfies z.ZodType<PoolConfig>;

/** `pools:` by id; absent = none. */
export const poolsSchema = z
  .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/), pool)
  .default({})
  .describe('Backends with a number of slots: local servers whose speed depends on how many they serve at once.')
  .meta({ examples: [{ local: { backends: ['up'], limit: 24, queue: { max_wait: '800ms' } } }] });

const modelName = z.string().regex(/^(?:\*|(?!.*(?:\.\.|\/\/))[A-Za-z0-9@][A-Za-z0-9._:/@+~-]{0,255})$/, {
  error: 'use letters, digits and . _ : / @ + ~ -, 256 at most, or "*" for every other name',
});

/** `models:` by the name that clients ask for; at least one. */
export const modelsSchema = z
  .record(modelName, model)
  .refine((map) => Object.keys(map).length > 0, {
    error: 'there is no model',
    params: { code: 'empty-value', fix: 'add one: "*": { backends: [up] }' },
  })
  .describe('The names that clients ask for; "*" catches every other name.')
  .meta({ examples: [{ '*': { backends: ['up'] } }] }) satisfies z.ZodType<Readonly<Record<string, ModelConfig>>>;

const CLASS_WORDS = DATA_CLASSES.map((name) => name.toLowerCase() as DataClassWord);
const dataClass = z.enum(CLASS_WORDS);

/** A key, with the constraints of its own that policies define. */
const keyWith = (constraint: z.ZodType<ConstraintConfig>) =>
  z.strictObject({
    hash: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, {
        error: 'this must be sha256: and 64 small hexadecimal digits, the digest of the whole key',
      })
      .describe('Digest of the whole key: sha256: and 64 hexadecimal digits.')
      .meta({ examples: [`sha256:${'0123456789abcdef'.repeat(4)}`] }),
    tenant: z.string().min(1).optional().describe('Whom it belongs to.'),
    models: z.array(z.string()).min(1).optional().describe('Models that it may use; absent = all.'),
    permissions: z
      .array(z.enum(['explain']))
      .default([])
      .describe('What it may do besides: explain shows the details of decisions.'),
    class: dataClass.optional().describe('The least class of what it sends.'),
    labels: z
      .array(z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, { error: 'use small letters, digits, _ and -' }))
      .min(1)
      .optional()
      .describe('Labels of what it sends, such as pii.'),
    constraints: z
      .array(constraint)
      .optional()
      .describe('Constraints of its own, on top of those of the gateway and the tenant.'),
  }) satisfies z.ZodType<KeyConfig>;

const keyId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/, {
  error: 'use letters, digits and . _ @ -, beginning with a letter or digit, 128 at most',
});

/** `keys:` by id; absent = an open gateway, null here. @param constraint an entry of `constraints:`, which policies define */
export const keysSchemaWith = (constraint: z.ZodType<ConstraintConfig>) =>
  z
    .record(keyId, keyWith(constraint))
    .refine((map) => Object.keys(map).length > 0, {
      error: 'there is no key, so nobody could call',
      params: { code: 'empty-value', fix: 'add one, or remove the section for an open gateway on loopback' },
    })
    .optional()
    .transform((map) => map ?? null)
    .describe('Keys of clients by id; absent = open, on loopback only.') satisfies z.ZodType<Readonly<
    Record<string, KeyConfig>
  > | null>;
