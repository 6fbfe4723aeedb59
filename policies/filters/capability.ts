/** A backend that is known not to have a feature that the request needs is out; one of which it is not known stays in. */
import { Capability, type CapabilityName } from '../../src/core/backend.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';

/** Every feature by name, in the order of its bit. */
export const CAPABILITY_NAMES: readonly CapabilityName[] = Object.freeze([
  'tools',
  'images',
  'audioIn',
  'audioOut',
  'files',
  'jsonSchema',
  'jsonObject',
  'logprobs',
  'choices',
  'reasoning',
  'stream',
]);

/** Rejects candidates that are known to lack a needed feature. */
export const capability: Filter = Object.freeze({
  id: 'capability',
  compile: ({ backend }) => (backend.capabilities.absent === 0 ? true : null),
  reject({ backend }, { needs }) {
    const missing = needs & backend.capabilities.absent;
    return missing === 0 ? null : lackOf(missing);
  },
} satisfies Filter);

/** The same lack is the same rejection: naming the features costs more than all the rest of a decision. */
const LACKS = new Map<number, Rejection>();

function lackOf(missing: number): Rejection {
  const known = LACKS.get(missing);
  if (known !== undefined) return known;
  const want = namesOf(missing).join(', ');
  const lack: Rejection = Object.freeze({
    id: 'capability',
    kind: 'request',
    key: 'capabilities',
    want,
    got: 'absent',
    retryAfterMs: null,
  });
  LACKS.set(missing, lack);
  return lack;
}

/** The features that a set of bits stands for, in the order of the bits. */
export function namesOf(bits: number): CapabilityName[] {
  return CAPABILITY_NAMES.filter((name) => (bits & Capability[name]) !== 0);
}

/** The bits of some features. */
export function bitsOf(names: readonly CapabilityName[]): number {
  return names.reduce((bits, name) => bits | Capability[name], 0);
}
