/** The shape of a validated configuration, section by section, after expansion and defaults: durations in ms, sizes in bytes, countries in ISO 3166-1 alpha-2. */
import type { CapabilityName, PickerId, StatedFactKey } from './backend.ts';
import type { ConstraintConfig, FactConfig, TenantConfig, WaiverConfig } from './constraint-config.ts';
import type { DataClassWord } from './data-class.ts';
import type { LossyMode, TieBreak } from './policy.ts';
import type { TrustLevel } from './artifact.ts';

export type {
  CertConfig,
  ConstraintConfig,
  FactConfig,
  FactWords,
  RequirementConfig,
  RequirementKey,
  TenantConfig,
  WaiverConfig,
} from './constraint-config.ts';

/** `gateway:` where it listens, where it stands, what it carries. */
export interface GatewayConfig {
  /** `host:port`. */
  readonly listen: string;
  readonly admin: string;
  /** Countries that this gateway runs in; empty = not said. */
  readonly countries: readonly string[];
  /** Gateways in other places, by name: where requests are sent that may not be served from here. */
  readonly regions?:
    | Readonly<Record<string, { readonly countries: readonly string[]; readonly url: string }>>
    | undefined;
  readonly lossy: LossyMode;
  /** True allows serving without keys beyond loopback. */
  readonly open: boolean;
  /** Host names that requests may name; empty = any. */
  readonly hosts: readonly string[];
  /** Origins that browsers may call from; empty = CORS off. */
  readonly origins: readonly string[];
  /** Bytes. */
  readonly limits: {
    readonly body: number;
    readonly answer: number;
    readonly event: number;
  };
  /** Milliseconds, per phase of an attempt. */
  readonly timeouts: PhaseConfig;
  /** How long running answers may finish after SIGTERM, ms. */
  readonly grace: number;
}

/** Phase limits in the file, ms. */
export interface PhaseConfig {
  readonly connect: number;
  readonly headers: number;
  readonly first_byte: number;
  readonly idle: number;
  readonly total: number;
}

/** An entry of `backends:`. */
export interface BackendConfig {
  /** A row of the catalogue. */
  readonly provider: string;
  readonly url?: string | undefined;
  /** Name of the model there; `*` = the name that the client asked for. */
  readonly model: string;
  /** Secret reference as written: `${VAR}`, `${VAR:-default}`, `${file:path}` or a literal; never expanded in this object. */
  readonly key?: string | undefined;
  /** How reasoning is shown, where the server was started otherwise than the catalogue says. */
  readonly reasoning?: 'field' | 'tags' | 'primed' | 'none' | undefined;
  /** Tokens. */
  readonly context?: number | undefined;
  readonly max_output?: number | undefined;
  readonly capabilities?: Readonly<Partial<Record<CapabilityName, boolean>>> | undefined;
  readonly facts?: Readonly<Partial<Record<StatedFactKey, FactConfig>>> | undefined;
  /** A region of the provider: the catalogue knows how it is chosen. */
  readonly region?: string | undefined;
  /** USD per million tokens. */
  readonly price?: PriceConfig | undefined;
  readonly timeouts?: Readonly<Partial<PhaseConfig>> | undefined;
  /** PEM texts; `key` is a secret reference as written. */
  readonly tls?:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }
    | undefined;
  /** `http://host:port` of a proxy that is asked to CONNECT. */
  readonly proxy?: string | undefined;
  /** A binding of the worker that leads there, by its name; nothing else is used then. */
  readonly binding?: string | undefined;
  /** An entry of `trust.models`: the route is open only while its files are verified. */
  readonly artifact?: string | undefined;
}

/** Who must have signed a model; exactly one of a key, certificates, or a keyless identity. Paths start at the configuration. */
export interface SignerConfig {
  /** Public key: a path, or PEM text. */
  readonly key?: string | undefined;
  /** Roots that the signer's certificate must lead to: paths, or PEM texts. */
  readonly chain?: readonly string[] | undefined;
  /** Whom the certificate, or the keyless signature, must belong to, exactly. */
  readonly identity?: string | undefined;
  /** Instead of an identity: `sha256:` and the digest of the public key in the certificate. */
  readonly certificate_key?: string | undefined;
  readonly denied_keys?: readonly string[] | undefined;
  /** Keyless: the issuer that vouched, and the pinned `trusted_root.json`. */
  readonly issuer?: string | undefined;
  readonly trusted_root?: string | undefined;
}

/** Where a store says which digests it holds; exactly one. */
export interface ArtifactStoreConfig {
  readonly ollama?: { readonly folder: string; readonly model: string } | undefined;
  readonly oci?: { readonly layout: string; readonly reference?: string | undefined } | undefined;
  readonly huggingface?:
    | { readonly cache: string; readonly repository: string; readonly revision?: string | undefined }
    | undefined;
}

/** An entry of `trust.models`. */
export interface ArtifactConfig {
  /** A folder, or one file. */
  readonly path: string;
  /** Relative to the folder of the model; absent = `model.sig` in it, or `<file>.sig`. */
  readonly signature?: string | undefined;
  readonly signer: SignerConfig;
  /** Root digests that are accepted; absent = all that the signer signed. */
  readonly digests?: readonly string[] | undefined;
  /** No certificate of the signer that began before this day, YYYY-MM-DD. */
  readonly signed_since?: string | undefined;
  readonly level: TrustLevel;
  /** `lint`, or the SHA-256 of the templates that were read. */
  readonly templates: 'lint' | readonly string[];
  readonly formats?: readonly ('gguf' | 'safetensors')[] | undefined;
  /** Findings of the inspection that were looked at. */
  readonly excuse: readonly { readonly rule: string; readonly file: string }[];
  /** How old the digest of a file may be, ms. */
  readonly max_age: number;
  /** How long a verification counts without being looked at again, ms. */
  readonly lease: number;
  readonly ignore: readonly string[];
  readonly allow_ignored: readonly string[];
  readonly store?: ArtifactStoreConfig | undefined;
  /** What the server calls it, where that is not the name of the folder or a file. */
  readonly reports?: readonly string[] | undefined;
}

/** `trust:`. */
export interface TrustConfig {
  readonly models: Readonly<Record<string, ArtifactConfig>>;
  /** Folder that remembers digests between starts. */
  readonly cache?: string | undefined;
  /** Bytes that are hashed per second at most; absent = as fast as it goes. */
  readonly rate?: number | undefined;
}

/** A zone: countries, or the addresses of the perimeter. */
export type ZoneConfig = readonly string[] | { readonly cidr: readonly string[] };

/** USD per million tokens; absent parts are unknown. */
export interface PriceConfig {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cached_input?: number | undefined;
  readonly cache_write?: number | undefined;
  /** Present when the price book filled the price in at build time. */
  readonly source?: string | undefined;
  readonly as_of?: string | undefined;
}

/** An entry of `models:`. */
export interface ModelConfig {
  readonly backends: readonly { readonly id: string; readonly weight: number }[];
  readonly pick: PickerId;
  readonly answer: 'asked' | 'upstream';
}

/** An entry of `rules:`; the first whose `match` holds is used. */
export interface RuleConfig {
  readonly id: string;
  /** CEL. */
  readonly match: string;
  readonly lossy?: LossyMode | undefined;
  /** Overrides the alias's picker. */
  readonly pick?: PickerId | undefined;
  readonly objective?:
    | {
        readonly minimise: 'cost';
        /** Times in ms; `attainment` is a share. */
        readonly subject_to?:
          | {
              readonly ttft_p95?: number | undefined;
              readonly tpot_p95?: number | undefined;
              readonly attainment?: number | undefined;
            }
          | undefined;
        /** Probability of a miss beyond which a backend comes last. */
        readonly guard?: number | undefined;
        /** Absent = the less busy of two drawn ones. */
        readonly tie_break?: TieBreak | undefined;
      }
    | undefined;
  readonly attempts?:
    | {
        readonly max?: number | undefined;
        readonly deadline?: number | undefined;
        readonly redundancy?: RedundancyConfig | undefined;
      }
    | undefined;
}

/** How many backends must be left for every request of a rule that do not fail together. */
export interface RedundancyConfig {
  readonly min: number;
  /** What must differ. */
  readonly distinct: 'operator.group' | 'operator.country' | 'compute.countries' | 'provider';
}

/** An entry of `pools:`: backends that share a number of slots. */
export interface PoolConfig {
  readonly backends: readonly string[];
  /** Requests that may run at a time. */
  readonly limit: number;
  readonly queue: {
    /** How long a request may wait for a slot, ms. */
    readonly max_wait: number;
    /** How many may wait. */
    readonly max_depth: number;
  };
}

/** An entry of `keys:`. */
export interface KeyConfig {
  /** `sha256:` and 64 hexadecimal digits of the whole key. */
  readonly hash: string;
  readonly tenant?: string | undefined;
  /** Aliases the key may use; absent = all. */
  readonly models?: readonly string[] | undefined;
  readonly permissions: readonly Permission[];
  /** The least class and the labels of what this key sends. */
  readonly class?: DataClassWord | undefined;
  readonly labels?: readonly string[] | undefined;
  /** On top of those of the gateway and the tenant. */
  readonly constraints?: readonly ConstraintConfig[] | undefined;
}

/** An entry of `classify:`; exactly one of `detect`, `when` and `header`. */
export interface ClassifyConfig {
  /** Ids of detectors. */
  readonly detect?: readonly string[] | undefined;
  /** CEL. */
  readonly when?: string | undefined;
  readonly header?: string | undefined;
  readonly min?: DataClassWord | undefined;
  readonly label?: string | undefined;
}

/** `defaults:`. */
export interface DefaultsConfig {
  readonly class: DataClassWord;
  /** `deny`: what cannot be looked at counts as `unreadable`, or as the highest class that the file names. */
  readonly on_error: 'deny' | 'allow';
  readonly unreadable?: DataClassWord | undefined;
  /** Largest body that is looked at, bytes. */
  readonly scan: number;
}

/** What a key may do beyond calling models. */
export type Permission = 'explain';

/** `telemetry:`. */
export interface TelemetryConfig {
  readonly log: 'off' | 'error' | 'warn' | 'info';
  readonly metrics: boolean;
  /** Content is never recorded; the only value there is. */
  readonly content: 'never';
}

/** `evidence:`. */
export interface EvidenceConfig {
  readonly decisions: 'all' | 'refused' | 'off';
}

/** An entry of `tests:`: a request in outline and the decision it must get. */
export interface PolicyTestConfig {
  readonly name: string;
  readonly given: {
    readonly model?: string | undefined;
    readonly text?: string | undefined;
    /** The least class and labels, besides what is found in the text. */
    readonly class?: DataClassWord | undefined;
    readonly labels?: readonly string[] | undefined;
    readonly tokens_in?: number | undefined;
    readonly max_out?: number | undefined;
    readonly stream?: boolean | undefined;
    readonly needs?: readonly CapabilityName[] | undefined;
    readonly key?: string | undefined;
    readonly user?: string | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** Backends that are down in this test. */
    readonly down?: readonly string[] | undefined;
    /** Pools whose slots and queues are full in this test. */
    readonly saturated?: readonly string[] | undefined;
  };
  readonly expect: {
    readonly class?: DataClassWord | undefined;
    readonly labels?: readonly string[] | undefined;
    readonly rule?: string | undefined;
    readonly first?: string | undefined;
    /** Exactly these backends, in any order. */
    readonly eligible?: readonly string[] | undefined;
    readonly not_eligible?: readonly string[] | undefined;
    /** By backend: exactly the constraints and filters that keep it out. */
    readonly denied?: Readonly<Record<string, readonly string[]>> | undefined;
    readonly code?: string | undefined;
    readonly status?: number | undefined;
  };
}

/** The whole file. */
export interface WholeConfig {
  readonly version: 1;
  readonly gateway: GatewayConfig;
  /** Name -> countries, and `perimeter` -> addresses. */
  readonly zones: Readonly<Record<string, ZoneConfig>>;
  readonly backends: Readonly<Record<string, BackendConfig>>;
  readonly models: Readonly<Record<string, ModelConfig>>;
  readonly pools?: Readonly<Record<string, PoolConfig>> | undefined;
  readonly defaults: DefaultsConfig;
  readonly classify: readonly ClassifyConfig[];
  readonly constraints: readonly ConstraintConfig[];
  readonly tenants?: Readonly<Record<string, TenantConfig>> | undefined;
  readonly waivers?: readonly WaiverConfig[] | undefined;
  readonly rules: readonly RuleConfig[];
  /** null = no `keys:` section: the gateway is open. */
  readonly keys: Readonly<Record<string, KeyConfig>> | null;
  readonly trust?: TrustConfig | undefined;
  readonly telemetry: TelemetryConfig;
  /** Absent = nothing. */
  readonly evidence?: EvidenceConfig | undefined;
  readonly tests: readonly PolicyTestConfig[];
}

/** A place in the configuration document: map keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[];

/** One finding of a check. The loader adds file, line, column and caret. */
export interface ConfigFinding {
  readonly at: ConfigPath;
  /** Stable kebab-case code, for example `unknown-backend`. */
  readonly code: string;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  /** How to mend it. */
  readonly fix?: string;
  /** Points at the key of `at` instead of its value. */
  readonly onKey?: boolean;
  /** Offset into the scalar's text, for expressions. */
  readonly offset?: number;
  /** Errors stop a load, warnings print. */
  readonly level?: 'error' | 'warning';
}

/**
 * Collects findings: all of them, not the first, and each once. A check speaks of what is there; before it says that something is
 * missing, or that two places do not agree, it asks whether they are sound.
 */
export interface ConfigReport {
  add(finding: ConfigFinding): void;
  /** The nearest of `known` to a misspelt word; null when none is near. */
  nearest(word: string, known: Iterable<string>): string | null;
  /** False where something at a place or below it was left out or found wrong: what is, or is not, there may be meant otherwise. */
  isSound(at: ConfigPath): boolean;
  /**
   * What the file declares at a place, right or wrong: the keys of a map, the ids of a list, or a text; `*` stands for every entry.
   * null where that cannot be told, so that every name must be taken as known.
   */
  names(...at: readonly string[]): readonly string[] | null;
  /** True when nothing follows in the list of the file, nor was left out there. */
  isLast(at: ConfigPath): boolean;
}

/** Checks references between sections. `whole` is what is left when everything is taken out whose form is wrong. */
export type ConfigCheck = (whole: WholeConfig, report: ConfigReport) => void;
