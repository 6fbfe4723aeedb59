/** A backend: a model at a provider in a place, with what is known of it; what policies choose between. */
import type { ArtifactUse } from './artifact.ts';
import type { Credential } from './credential.ts';
import type { EgressRoute } from './egress-route.ts';
import type { Fact, FactKey } from './fact.ts';
import type { PriceWindow, Rates } from './price-windows.ts';
import type { Dialect } from './protocol.ts';
import type { SideService } from './provider.ts';
import type { PhaseLimits } from './transport.ts';

export {
  EVIDENCE_GRADES,
  type EvidenceGrade,
  type Fact,
  type FactKey,
  type FactValue,
  type StatedFactKey,
} from './fact.ts';

/** What a backend can do, as bits. */
export const Capability = Object.freeze({
  tools: 1,
  images: 2,
  audioIn: 4,
  audioOut: 8,
  files: 16,
  jsonSchema: 32,
  jsonObject: 64,
  logprobs: 128,
  choices: 256,
  reasoning: 512,
  stream: 1024,
});

/** The name of one capability bit. */
export type CapabilityName = keyof typeof Capability;

/** What is known of capabilities: bits known present, bits known absent; the rest is unknown. */
export interface Capabilities {
  readonly present: number;
  readonly absent: number;
}

/** Price of a model in USD per million tokens. A null part is unknown. */
export interface ModelPrice extends Rates {
  /** Rates of some hours (`ratesAt`); absent = they never change. */
  readonly windows?: readonly PriceWindow[];
  /** `configuration` or the price book's name. */
  readonly source: string;
  readonly asOf: string | null;
}

/** A place that was asked for with every request, and what an answer must say of it. */
export interface RegionTerms {
  readonly id: string;
  /** Top-level field of the request that chooses the place; null = the address or the model's name does. */
  readonly field: readonly [name: string, value: string] | null;
  /** Field of the answer's usage that says where it ran, and what it must say; null = answers do not say. */
  readonly proof: readonly [field: string, value: string] | null;
}

/** A model at a provider in a place. Compiled, frozen. */
export interface Backend {
  readonly id: string;
  /** Position in the snapshot's list of backends: the index into state and bitmasks. */
  readonly index: number;
  /** Index of the pool whose slots it uses; null = none. */
  readonly pool: number | null;
  readonly provider: string;
  /** Name there; `*` = the name that the client asked for. */
  readonly model: string;
  /** Base URL without trailing slash, including the version prefix. */
  readonly url: string;
  /** Exact origin of `url` (scheme, host, port). */
  readonly origin: string;
  /** How it may be reached; null where no socket is opened. */
  readonly egress: EgressRoute | null;
  readonly dialect: Dialect;
  readonly credential: Credential | null;
  /** Whose state a vendor keeps for us: a digest over address and key as configured. Backends with the same one see each other's ids. */
  readonly account: string;
  /** What is served there beside chat. */
  readonly serves: ReadonlySet<SideService>;
  readonly limits: PhaseLimits;
  /** Tokens the model reads and writes together; null = unknown. */
  readonly contextTokens: number | null;
  /** Tokens the model may write; null = unknown. */
  readonly maxOutputTokens: number | null;
  readonly capabilities: Capabilities;
  readonly facts: ReadonlyMap<FactKey, Fact>;
  /** How its place is chosen, and what its answers say of it; null = nothing is set and nothing is told. */
  readonly region: RegionTerms | null;
  /** null = unknown, never free. */
  readonly price: ModelPrice | null;
  readonly onDisconnect: 'cancel' | 'drain';
  /** The signed files that it must serve; absent or null = none are asked for. */
  readonly artifact?: ArtifactUse | null;
}

/** A backend as one choice of a model alias. */
export interface Candidate {
  readonly backend: Backend;
  /** Share for the weighted picker, > 0. */
  readonly weight: number;
}

/** How an alias chooses. */
export type PickerId = 'ordered' | 'weighted' | 'cheapest' | 'sticky';

/** The name that clients ask for, with what it maps to. Compiled, frozen. */
export interface ModelAlias {
  /** `*` catches names that no other alias has. */
  readonly id: string;
  readonly candidates: readonly Candidate[];
  readonly picker: PickerId;
  /** Which model name the answer carries. */
  readonly answer: 'asked' | 'upstream';
}
