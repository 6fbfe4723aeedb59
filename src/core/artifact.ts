/** The signed files behind a backend: what a configuration wants of them, and what is known of them at a moment. */

/**
 * What a server says of the model that it has loaded: `T0` nothing that can be compared, `T1` a name, path or template, `T2` a digest.
 * None of them proves what is in its memory.
 */
export type TrustLevel = 'T0' | 'T1' | 'T2';

/** The levels in order: a later one is worth more. */
export const TRUST_LEVELS: readonly TrustLevel[] = Object.freeze(['T0', 'T1', 'T2']);

/** True when a level is at least another. */
export function isAtLeast(level: TrustLevel, least: TrustLevel): boolean {
  return TRUST_LEVELS.indexOf(level) >= TRUST_LEVELS.indexOf(least);
}

/** The artifact that a backend serves, and the least that its server must say of it. */
export interface ArtifactUse {
  /** An entry of `trust.models`. */
  readonly id: string;
  readonly level: TrustLevel;
}

/** Why there is no lease. */
export interface ArtifactFault {
  /** Stable kebab-case name. */
  readonly rule: string;
  readonly what: string;
}

/** What is known of the artifact behind one backend. Its owner changes it in place; a decision reads it at one moment. */
export interface ArtifactState {
  /** Until when the files count as verified, ms on the monotonic clock; 0 = there is no lease. */
  readonly untilTick: number;
  /** null = a lease was held and nothing is known against it. */
  readonly fault: ArtifactFault | null;
  /** What the server said last, and in words why it is worth no more. */
  readonly level: TrustLevel;
  readonly levelWhat: string;
  /** Until when that counts, ms on the monotonic clock; 0 = nothing was said. */
  readonly levelUntilTick: number;
}

/** Whoever verifies artifacts in the background. */
export interface ArtifactLeases {
  /** The live state of a backend that names an artifact; null = nobody verifies it, so it stays out. */
  stateOf(backend: { readonly id: string; readonly artifact?: ArtifactUse | null }): ArtifactState | null;
}
