/** Schema of the section `trust`: which models must be signed, by whom, and what opens their routes. */
import * as z from 'zod';
import type { ArtifactConfig, ArtifactStoreConfig, SignerConfig, TrustConfig } from '../core/config.ts';
import { day, duration } from '../core/schema.ts';
import { parseSize, SIZE_FORM } from '../core/units.ts';

/** Fields of this section that the language has and this version does not. */
export const TRUST_PLANNED = [['trust', 'receipts']] as const;

const path = z.string().min(1);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, {
  error: 'this must be sha256: and 64 small hexadecimal digits',
});

const signer = z.strictObject({
  key: path.optional().describe('Public key, PEM: a path from the configuration, or ${file:models.pub}.'),
  chain: z
    .array(path)
    .min(1)
    .optional()
    .describe('Roots that the certificate of the signer must lead to, PEM: paths or texts. No others are trusted.'),
  identity: z
    .string()
    .min(1)
    .optional()
    .describe('Whom the certificate or the keyless signature must belong to, exactly: a name, an address, a URI.'),
  certificate_key: digest.optional().describe('Instead of an identity: the digest of the public key in it (DER).'),
  denied_keys: z.array(digest).optional().describe('Public keys that were withdrawn (SHA-256 of the DER).'),
  issuer: z.string().min(1).optional().describe('Keyless: the issuer that vouched for the identity, exactly.'),
  trusted_root: path.optional().describe('Keyless: trusted_root.json of the Sigstore instance, a path.'),
}) satisfies z.ZodType<SignerConfig>;

const store = z.strictObject({
  ollama: z
    .strictObject({
      folder: path.describe('The folder that holds manifests and blobs.'),
      model: z.string().min(1).describe('The name there, like llama3.2:3b.'),
    })
    .optional()
    .describe('A store of Ollama.'),
  oci: z
    .strictObject({
      layout: path.describe('The folder of the image layout.'),
      reference: z.string().min(1).optional().describe('Name of the manifest; absent = there is one.'),
    })
    .optional()
    .describe('An OCI image layout.'),
  huggingface: z
    .strictObject({
      cache: path.describe('The folder that holds models--org--name.'),
      repository: z.string().min(1).describe('org/name.'),
      revision: z.string().min(1).optional().describe('A commit, branch or tag; absent = main.'),
    })
    .optional()
    .describe('The cache of Hugging Face.'),
}) satisfies z.ZodType<ArtifactStoreConfig>;

const artifact = z.strictObject({
  path: path.describe('The folder of the model, or its one file; from the configuration.'),
  signature: path
    .optional()
    .describe('The signature, from the folder of the model; absent = model.sig there, or <file>.sig.'),
  signer: signer.describe('Who must have signed: { key }, { chain, identity } or { identity, issuer, trusted_root }.'),
  digests: z
    .array(digest)
    .min(1)
    .optional()
    .describe('Root digests that are accepted; absent = whatever the signer signed, older versions too.'),
  signed_since: day.optional().describe("The signer's certificate may not have begun before this day, YYYY-MM-DD."),
  level: z
    .enum(['T0', 'T1', 'T2'])
    .default('T0')
    .describe('The least that the server must say of what it loaded: T0 nothing, T1 its name, T2 a signed digest.'),
  templates: z
    .union([z.literal('lint'), z.array(digest).min(1)])
    .default('lint')
    .describe('Chat templates: lint refuses code in them; a list of SHA-256 accepts only those.'),
  formats: z
    .array(z.enum(['gguf', 'safetensors']))
    .min(1)
    .optional()
    .describe('Formats of weights that are accepted; absent = both.'),
  excuse: z
    .array(
      z.strictObject({
        rule: z.string().min(1).describe('The rule, as it is printed.'),
        file: z.string().min(1).describe('The file, as it is printed.'),
      }),
    )
    .default([])
    .describe('Findings of thalweg model inspect that were looked at, as { rule, file }.'),
  max_age: duration
    .prefault('168h')
    .describe('How old the digest of a file may be before it is hashed anew. A duration.'),
  lease: duration
    .prefault('60s')
    .describe('How long a verification counts unless the files are seen to be the same. A duration.'),
  ignore: z.array(path).default([]).describe('Paths inside the model that are not looked at.'),
  allow_ignored: z.array(path).default([]).describe('Files that loaders read and that the signature may leave out.'),
  store: store.optional().describe('A store whose digests are compared with the signature, without hashing.'),
  reports: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Paths or names that the server may call it; absent = those of its folder and files.'),
}) satisfies z.ZodType<ArtifactConfig>;

const artifactId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/, {
  error: 'use letters, digits and . _ @ -, beginning with a letter or digit, 128 at most',
});

const rate = z
  .string()
  .regex(SIZE_FORM, { error: 'this must be a size: a whole number with B, KiB, MiB or GiB' })
  .meta({ examples: ['400MiB'] })
  .transform((text) => parseSize(text) ?? 0)
  .refine((bytes) => bytes >= 1_048_576, {
    error: 'at less than a mebibyte a second nothing would ever be verified',
    params: { code: 'out-of-range', fix: 'write 1MiB or more' },
  });

/** `trust:`; absent = no backend names an artifact. */
export const trustSchema = z
  .strictObject({
    models: z
      .record(artifactId, artifact)
      .default({})
      .describe('Signed models, by the id that backends name in artifact.'),
    cache: path.optional().describe('A folder that remembers digests between starts; absent = each start hashes.'),
    rate: rate.optional().describe('How much is hashed a second at most. A size.'),
  })
  .optional()
  .describe('Which models must be signed, by whom, and what opens their routes.')
  .meta({
    examples: [{ models: { r1: { path: '/models/r1', signer: { key: 'keys/models.pub' } } } }],
  }) satisfies z.ZodType<TrustConfig | undefined>;
