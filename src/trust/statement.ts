/** The in-toto statement of a model: what it says, read strictly, and how ours is written (OMS v1.0 sections 5 and 6). */
import { readJson, type JsonPart } from './json-part.ts';
import type { HashType, Manifest, Resource } from './manifest.ts';
import { nameFault } from './names.ts';
import { readShardName, shardFault } from './shards.ts';

/** The type of every in-toto statement, compared exactly. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** The predicate type that is written. */
export const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** Later minor versions only add fields (VERSIONING.md). */
const PREDICATE_TYPES = /^https:\/\/model_signing\/signature\/v1\.(?:0|[1-9]\d{0,3})$/;
const RULES = Object.freeze({ json: 'statement-not-json', shape: 'statement-shape' });
const DIGITS: Readonly<Record<HashType, number>> = { sha256: 64, blake2b: 128, blake3: 64 };

/** What a statement says. */
export interface Statement {
  /** What the signer called the model: for people only, never to be relied on (section 6.5). */
  readonly subject: string;
  /** Lower-case hexadecimal; null in the form of 0.2, which has none. */
  readonly rootDigest: string | null;
  readonly manifest: Manifest;
}

/** The parts of a statement of any in-toto predicate. @throws TrustError `statement-not-json`, `statement-type` */
export function openStatement(payload: Uint8Array): JsonPart {
  const statement = readJson(payload, 'statement', RULES);
  const type = statement.get('_type');
  if (type.value !== STATEMENT_TYPE) type.refuse(`is not ${STATEMENT_TYPE}`, 'statement-type');
  return statement;
}

/** Reads what was signed, after the signature was verified. @throws TrustError with the first rule that it breaks */
export function readStatement(statement: JsonPart): Statement {
  const predicateType = statement.get('predicateType');
  const version = String(predicateType.value);
  if (!PREDICATE_TYPES.test(version)) predicateType.refuse(`is ${JSON.stringify(version)}`, 'predicate-type');
  const isFirst = version === PREDICATE_TYPE;
  if (isFirst) statement.only(['_type', 'subject', 'predicateType', 'predicate']);
  const [subject, ...more] = statement.get('subject').list();
  if (subject === undefined || more.length > 0) {
    statement.refuse('does not have exactly one subject', 'statement-subject');
  }
  const digest = subject.get('digest').maybe('sha256') ?? subject.refuse('has no sha256', 'statement-subject');
  const rootDigest = readDigest(digest, 'sha256');
  return {
    subject: subject.get('name').text(),
    rootDigest,
    manifest: readPredicate(statement.get('predicate').under('predicate-shape'), isFirst),
  };
}

function readPredicate(predicate: JsonPart, isFirst: boolean): Manifest {
  if (isFirst) predicate.only(['serialization', 'resources']);
  const form = readSerialization(predicate.get('serialization'), isFirst);
  const list = predicate.get('resources');
  const resources = list.list().map((resource) => readResource(resource, form));
  if (resources.length === 0) list.refuse('is empty: nothing is signed', 'manifest-empty');
  checkNames(list, resources, form);
  return { ...form, resources };
}

type Form = Omit<Manifest, 'resources'>;

function readSerialization(part: JsonPart, isFirst: boolean): Form {
  if (isFirst) part.only(['method', 'hash_type', 'allow_symlinks', 'shard_size', 'ignore_paths']);
  const method = part.get('method');
  if (method.value !== 'files' && method.value !== 'shards') method.refuse('is neither files nor shards');
  const isSharded = method.value === 'shards';
  return {
    method: isSharded ? 'shards' : 'files',
    hashType: readHashType(part.get('hash_type')),
    shardBytes: isSharded ? part.get('shard_size').amount() : null,
    allowSymlinks: part.get('allow_symlinks').flag(),
    ignorePaths: (part.maybe('ignore_paths')?.list() ?? []).map((path) => {
      const fault = nameFault(path.text());
      return fault === null ? path.text() : path.refuse(fault, 'ignore-path-refused');
    }),
  };
}

function readHashType(part: JsonPart): HashType {
  const name = part.text();
  return isHashType(name) ? name : part.refuse(`is ${name}`, 'algorithm-unsupported');
}

function isHashType(name: string): name is HashType {
  return Object.hasOwn(DIGITS, name);
}

function readResource(part: JsonPart, { hashType, shardBytes }: Form): Resource {
  const algorithm = part.get('algorithm');
  const name = algorithm.text();
  // The Python client says so of shards where the standard says the plain name.
  const isSame = name === hashType || (shardBytes !== null && name === `${hashType}-sharded-${shardBytes}`);
  if (!isSame) algorithm.refuse(`is ${name}, not ${hashType} as hash_type says`, 'algorithm-mismatch');
  return { name: part.get('name').text(), digest: readDigest(part.get('digest'), hashType) };
}

/** The digest in lower-case hexadecimal. @throws TrustError `digest-malformed` */
export function readDigest(part: JsonPart, hashType: HashType): string {
  const digits = DIGITS[hashType];
  const text = part.text();
  if (text.length === digits && /^[0-9a-f]+$/.test(text)) return text;
  return part.refuse(`is not ${digits} lower-case hexadecimal digits`, 'digest-malformed');
}

/** Refuses names that are not canonical or occur twice, and shards that do not cover their files. */
export function checkNames(
  list: JsonPart,
  resources: readonly Resource[],
  { shardBytes }: Pick<Form, 'shardBytes'>,
): void {
  const seen = new Set<string>();
  const shards = [];
  for (const { name } of resources) {
    if (seen.has(name)) list.refuse(`name ${JSON.stringify(name)} twice`, 'name-duplicate');
    seen.add(name);
    const shard = shardBytes === null ? null : readShardName(name);
    if (shardBytes !== null && shard === null) list.refuse(`hold ${JSON.stringify(name)}`, 'shard-malformed');
    if (shard !== null) shards.push(shard);
    const path = shard?.path ?? name;
    // A model that is one file: the Python client calls it so.
    const fault = path === '.' && isOnly(resources, shardBytes) ? null : nameFault(path);
    if (fault !== null) list.refuse(`hold the name ${JSON.stringify(path)}, which ${fault}`, 'name-not-canonical');
  }
  const fault = shardBytes === null ? null : shardFault(shards, shardBytes);
  if (fault !== null) list.refuse(fault, 'shard-malformed');
}

function isOnly({ length }: readonly Resource[], shardBytes: number | null): boolean {
  return length === 1 || shardBytes !== null;
}
