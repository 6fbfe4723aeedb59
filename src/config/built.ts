/** A configuration that was checked at build time, for runtimes that carry no checker. */
import type { WholeConfig } from '../core/config.ts';
import { VERSION } from '../core/version.ts';

/** What `thalweg build worker` writes: validated, prices filled in, secrets still references. */
export interface BuiltConfig {
  readonly v: 1;
  /** The version that checked it; no other may run it. */
  readonly thalweg: string;
  readonly config: WholeConfig;
}

/** Wraps a checked configuration. */
export function sealBuiltConfig(config: WholeConfig): BuiltConfig {
  return { v: 1, thalweg: VERSION, config };
}

/**
 * The configuration inside.
 * @throws TypeError when the value was not written by `thalweg build worker` of this very version
 */
export function openBuiltConfig(value: unknown): WholeConfig {
  if (!isBuiltConfig(value)) throw new TypeError('This is not a configuration that thalweg build worker wrote.');
  if (value.thalweg !== VERSION) {
    throw new TypeError(`thalweg ${value.thalweg} built this configuration and this is ${VERSION}: build it again.`);
  }
  return value.config;
}

function isBuiltConfig(value: unknown): value is BuiltConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'v' in value &&
    value.v === 1 &&
    'thalweg' in value &&
    'config' in value
  );
}
