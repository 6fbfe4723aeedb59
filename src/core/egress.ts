/** The permit without which no transport opens a connection. */
import type { EgressRoute } from './egress-route.ts';

/** Why something leaves the gateway. */
export type EgressPurpose = 'attempt' | 'retry' | 'hedge' | 'shadow' | 'guard' | 'embedding' | 'export' | 'probe';

/**
 * Says that a policy judged one backend for one request and allowed it. Only `policies` may mint one (the architecture test
 * holds that); a transport checks that the permit is genuine and names the exact origin it is about to open.
 */
export class EgressPermit {
  readonly #genuine = true;
  /** Digest of the policy snapshot that judged. */
  readonly policy: string;
  /** Exact origin (scheme, host, port). */
  readonly origin: string;
  readonly purpose: EgressPurpose;
  /** Decision id. */
  readonly decision: string;
  /** The addresses, certificates and proxy of the backend; null where no socket is opened. */
  readonly route: EgressRoute | null;

  private constructor(
    policy: string,
    origin: string,
    purpose: EgressPurpose,
    decision: string,
    route: EgressRoute | null,
  ) {
    this.policy = policy;
    this.origin = origin;
    this.purpose = purpose;
    this.decision = decision;
    this.route = route;
  }

  /** Mints a permit. For `policies` only. */
  static mint(
    policy: string,
    origin: string,
    purpose: EgressPurpose,
    decision: string,
    route: EgressRoute | null = null,
  ): EgressPermit {
    return new EgressPermit(policy, origin, purpose, decision, route);
  }

  /** True when `permit` was minted by this copy of the class and is good for `origin`. */
  static allows(permit: EgressPermit, origin: string): boolean {
    return #genuine in permit && permit.origin === origin;
  }

  /** True when `permit` was minted by this copy of the class; only then its other members say anything. */
  static isGenuine(permit: EgressPermit): boolean {
    return #genuine in permit;
  }
}
