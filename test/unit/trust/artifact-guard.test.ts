/** The lease of an artifact under an injected clock: when it begins, how it is renewed, and everything that ends it. */
import { describe, expect, it } from 'vitest';
import type { ArtifactOutcome } from '../../../src/trust/evidence.ts';
import { ArtifactGuard } from '../../../src/trust/node/artifact-guard.ts';
import type { ModelChange } from '../../../src/trust/node/watch-model.ts';
import type { ArtifactTerms } from '../../../src/trust/terms.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const TERMS: ArtifactTerms = {
  id: 'r1',
  path: '/models/r1',
  signature: null,
  signer: { method: 'key', key: 'k' },
  digests: null,
  signedSinceMs: null,
  level: 'T0',
  inspection: { formats: null, templates: null, excuses: [] },
  maxAgeMs: 800_000,
  leaseMs: 60_000,
  ignore: [],
  allowIgnored: [],
  store: null,
  reports: null,
};
const SEEN = { fingerprint: 'f', beside: null, skip: () => false };
type Signer = NonNullable<ArtifactOutcome['evidence']>['verified']['signer'];
const KEY: Signer = { method: 'key', keyDigest: '0', hint: '0' };

function fine(signer: Signer = KEY): ArtifactOutcome {
  const manifest = {
    resources: [],
    method: 'files',
    hashType: 'sha256',
    shardBytes: null,
    allowSymlinks: false,
    ignorePaths: [],
  } as const;
  const verified = { signer, subject: 'r1', manifest, rootDigest: '0', manifestDigest: '0', warnings: [] };
  const inspection = { findings: [], weights: [], templates: [] };
  const evidence = { verified, files: 1, inspection, store: null, storeFault: null, verifiedAt: 0 };
  return { evidence, fault: null, seen: SEEN };
}

function broken(rule: string): ArtifactOutcome {
  return { evidence: null, fault: { rule, what: 'x' }, seen: SEEN };
}

/** A guard whose verifications and looks at the files the test answers. */
function scene() {
  const clock = createManualClock();
  const calls: PromiseWithResolvers<ArtifactOutcome>[] = [];
  const turns: (string | null)[] = [];
  const world = { looks: 0, isStuck: false, change: (_: ModelChange): void => undefined };
  const guard = new ArtifactGuard(TERMS, {
    clock,
    verify() {
      const call = Promise.withResolvers<ArtifactOutcome>();
      calls.push(call);
      return call.promise;
    },
    async watch(_outcome, onChange) {
      world.change = onChange;
      return {
        async check() {
          world.looks += 1;
          if (world.isStuck) await new Promise(() => undefined);
        },
        close: () => undefined,
      };
    },
    onTurn: ({ fault }) => void turns.push(fault?.rule ?? null),
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  /** Answers the verification under way. */
  const answer = async (outcome: ArtifactOutcome): Promise<void> => {
    calls.shift()!.resolve(outcome);
    await settle();
  };
  const pass = async (ms: number, steps = 1): Promise<void> => {
    for (let i = 0; i < steps; i++) {
      clock.advance(ms / steps);
      await settle();
    }
  };
  const isHeld = (): boolean => guard.untilTick > clock.tick();
  return { clock, guard, calls, turns, world, answer, pass, settle, isHeld };
}

describe('the lease of an artifact', () => {
  it('begins with the first verification that holds, and says before that there is none yet', async () => {
    const { guard, turns, answer, isHeld } = scene();
    expect(guard.fault?.rule).toBe('not-verified-yet');
    void guard.verify();
    expect(isHeld()).toBe(false);
    await answer(fine());
    expect(isHeld()).toBe(true);
    expect(turns).toEqual([null]);
  });

  it('is renewed while looks at the files find nothing, and runs out where they do not end', async () => {
    const { guard, world, answer, pass, isHeld } = scene();
    void guard.verify();
    await answer(fine());
    await pass(90_000, 9);
    expect(world.looks).toBeGreaterThan(3);
    expect(isHeld()).toBe(true);
    world.isStuck = true;
    await pass(79_000, 79);
    expect(isHeld()).toBe(false);
    expect(guard.fault).toBeNull();
  });

  it('ends at once with a change, and begins again when the files are as they were', async () => {
    const { guard, world, turns, calls, answer, settle, isHeld } = scene();
    void guard.verify();
    await answer(fine());
    world.change({ fingerprint: 'g', reason: null });
    expect(isHeld()).toBe(false);
    expect(guard.fault?.rule).toBe('changed');
    await settle();
    expect(calls).toHaveLength(1);
    await answer(broken('files-differ'));
    expect(guard.fault?.rule).toBe('files-differ');
    world.change({ fingerprint: 'f', reason: null });
    expect(guard.fault?.rule).toBe('files-differ');
    await settle();
    await answer(fine());
    expect(isHeld()).toBe(true);
    expect(turns).toEqual([null, 'changed', 'files-differ', null]);
  });

  it('is not given for files that changed during the verification', async () => {
    const { guard, calls, answer, isHeld } = scene();
    void guard.verify();
    void guard.verify();
    await answer(fine());
    expect(isHeld()).toBe(false);
    expect(calls).toHaveLength(1);
    await answer(fine());
    expect(isHeld()).toBe(true);
  });

  it('is tried again after a failure, and verified anew within the greatest age', async () => {
    const { guard, calls, answer, pass, isHeld } = scene();
    void guard.verify();
    await answer(broken('trust-root-missing'));
    expect(calls).toHaveLength(0);
    await pass(30_000);
    await answer(fine());
    expect(isHeld()).toBe(true);
    await pass(100_000, 20);
    expect(calls).toHaveLength(1);
    // held on while that runs, lost when it fails
    expect(isHeld()).toBe(true);
    await answer(broken('signature-invalid'));
    expect(isHeld()).toBe(false);
  });

  it('does not outlive the certificate of the signer', async () => {
    const { clock, guard, answer, pass, isHeld } = scene();
    const notAfterMs = clock.now() + 30_000;
    const signer: Signer = {
      method: 'certificate',
      keyDigest: '0',
      subject: 's',
      names: [],
      root: 'r',
      notBeforeMs: 0,
      notAfterMs,
    };
    void guard.verify();
    await answer(fine(signer));
    await pass(60_000, 6);
    expect(isHeld()).toBe(false);
    expect(guard.fault?.rule).toBe('certificate-expired');
  });

  it('is over for good when it is closed, and leaves no timer', async () => {
    const { clock, guard, answer, isHeld } = scene();
    void guard.verify();
    await answer(fine());
    guard.close();
    expect(isHeld()).toBe(false);
    expect(clock.waiting).toBe(0);
  });
});
