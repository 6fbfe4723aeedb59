/** The decision log under way: which decisions are recorded, without content, and that a line read back decides the same. */
import { describe, expect, it } from 'vitest';
import { replay } from '../../../policies/evidence/replay.ts';
import type { EvidenceConfig } from '../../../src/core/config.ts';
import { createAccessLog } from '../../../src/telemetry/index.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, completion, createRig } from './rig.ts';

async function asked(decisions: EvidenceConfig['decisions'] | null) {
  const backends = { a: backendAt('http://a.test/v1'), b: { ...backendAt('http://b.test/v1'), context: 40 } };
  const both = [
    { id: 'a', weight: 1 },
    { id: 'b', weight: 2 },
  ];
  const models = {
    wide: { backends: both, pick: 'weighted' as const, answer: 'asked' as const },
    small: { backends: [{ id: 'b', weight: 1 }], pick: 'ordered' as const, answer: 'asked' as const },
  };
  const whole = wholeConfig({ backends, models });
  const rig = await createRig(decisions === null ? whole : { ...whole, evidence: { decisions } });
  const messages = [{ role: 'user', content: `the cargo is ${'very '.repeat(60)}secret` }];
  rig.ask(chat({ model: 'wide', messages }));
  rig.transport.last().json(200, completion());
  expect(rig.ask(chat({ model: 'small', messages })).reply.status).toBe(400);
  return { rig, decisions: rig.events.filter((event) => event.type === 'decision') };
}

describe('evidence.decisions', () => {
  it.each([
    [null, 0],
    ['off', 0],
    ['refused', 1],
    ['all', 2],
  ] as const)('%s records %i of an answered and a refused one', async (setting, count) => {
    const { decisions } = await asked(setting);
    expect(decisions).toHaveLength(count);
  });

  it('writes lines whatever the level of the log, without content, that decide the same again', async () => {
    const { rig, decisions } = await asked('all');
    let written = '';
    const log = createAccessLog({ level: 'off', write: (chunk) => ((written += chunk), true) });
    log.read(rig.events);
    const lines = written.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(written).not.toMatch(/cargo|secret/);
    const exchanges = rig.exchanges();
    for (const [i, line] of lines.entries()) {
      const told = JSON.parse(line);
      expect(told).toMatchObject({ event: 'decision', level: 'info', decision: exchanges[i]!.decision });
      expect(told.facts).toEqual(decisions[i]!.record['facts']);
      expect(replay(rig.engine.live().snapshot.policy, told)).toMatchObject({ isSame: true });
    }
    expect(JSON.parse(lines[1]!).plan).toMatchObject({ refusal: 'context-length-exceeded', attempts: [] });
  });
});
