/** A lease that is lost between two attempts of one request closes the second one; one that comes back opens the next request. */
import { describe, expect, it } from 'vitest';
import type { ArtifactState } from '../../../src/core/artifact.ts';
import { GatewayError } from '../../../src/core/gateway-error.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, completion, createRig } from './rig.ts';

interface Lease extends ArtifactState {
  untilTick: number;
  level: ArtifactState['level'];
}

const held = (): Lease => ({
  untilTick: Infinity,
  fault: { rule: 'files-differ', what: 'changed: r1.gguf' },
  level: 'T1',
  levelWhat: 'its name',
  levelUntilTick: Infinity,
});

async function scene() {
  const leases: Readonly<Record<string, Lease>> = { a: held(), b: held() };
  const backends = Object.fromEntries(
    ['a', 'b'].map((id) => [id, { ...backendAt(`http://${id}.test/v1`), artifact: 'r1' }]),
  );
  const candidates = ['a', 'b'].map((id) => ({ id, weight: 1 }));
  const whole = wholeConfig({
    backends,
    models: { '*': { backends: candidates, pick: 'ordered', answer: 'asked' } },
    constraints: [{ id: 'ours', require: { 'artifact.signature': 'verified', 'artifact.level': { min: 'T1' } } }],
    trust: {
      models: {
        r1: {
          path: '/models/r1',
          signer: { key: 'k' },
          level: 'T0',
          templates: 'lint',
          excuse: [],
          max_age: 1,
          lease: 1,
          ignore: [],
          allow_ignored: [],
        },
      },
    },
  });
  const rig = await createRig(whole, { artifacts: { stateOf: ({ id }) => leases[id] ?? null } });
  return { rig, leases };
}

describe('every attempt', () => {
  it.each([
    ['the lease', (lease: Lease) => (lease.untilTick = 0)],
    ['the level', (lease: Lease) => (lease.level = 'T0')],
  ])('asks again: without %s the next one does not leave', async (_what, lose) => {
    const { rig, leases } = await scene();
    const { reply } = rig.ask(chat());
    expect(rig.transport.opened).toHaveLength(1);
    lose(leases['b']!);
    for (let i = 0; i < rig.transport.opened.length; i++) {
      rig.transport.opened[i]!.handler.fail(new GatewayError('upstream-connect'));
      // the same backend is tried once more after a pause
      rig.clock.advance(2000);
    }
    expect(rig.transport.opened.filter(({ request }) => request.url.startsWith('http://b.test/'))).toEqual([]);
    expect(reply.status).toBeGreaterThanOrEqual(500);
  });

  it('a request comes through again once the files are verified again', async () => {
    const { rig, leases } = await scene();
    for (const lease of Object.values(leases)) lease.untilTick = 0;
    const shut = rig.ask(chat()).reply;
    expect([shut.status, shut.headers['x-thalweg-code']]).toEqual([503, 'artifact-untrusted']);
    expect(rig.transport.opened).toHaveLength(0);
    leases['b']!.untilTick = Infinity;
    const { reply } = rig.ask(chat());
    rig.transport.last().json(200, completion());
    expect([reply.status, reply.headers['x-thalweg-backend']]).toEqual([200, 'b']);
  });
});
