/** L7: backends that a constraint keeps out for no other reason than that nobody said what it asks. */
import type { FactKey } from '../../src/core/backend.ts';
import type { ConfigFinding } from '../../src/core/config.ts';
import { partsOf } from '../snapshot.ts';
import type { Lint } from './world.ts';

/** What the gateway knows of itself, and what means `public` where nobody says it. */
const SAID_ELSEWHERE = new Set<string>(['pool', 'artifact.signature', 'artifact.level', 'network'] satisfies FactKey[]);

/** One finding per backend. Facts that no backend states, and backends that fail by what is known of them, are other matters. */
export const unknownFacts: Lint = ({ snapshot, at, aliases, backends }) => {
  const { constraints } = partsOf(snapshot, { at, key: null, tenant: null });
  const used = new Set(aliases.flatMap(({ candidates }) => candidates.map(({ backend }) => backend)));
  return [...used].flatMap((backend): ConfigFinding[] => {
    const silent = constraints.flatMap(({ id, failures }) => {
      const failed = failures(backend);
      const isSilent = failed.length > 0 && failed.every(({ key, got }) => got === 'unknown' && isStated(key));
      return isSilent ? failed.map(({ key }) => ({ id, key })) : [];
    });
    if (silent.length === 0) return [];
    const keys = [...new Set(silent.map(({ key }) => key))];
    const ids = [...new Set(silent.map(({ id }) => id))];
    return [
      {
        at: ['backends', backend.id],
        onKey: true,
        code: 'fact-unknown',
        level: 'warning',
        message: `${ids.join(', ')} will reject "${backend.id}" because nothing says its ${keys.join(', ')}`,
        fix: `state facts: { ${keys.map((key) => `${key}: …`).join(', ')} }`,
      },
    ];
  });

  function isStated(key: string): boolean {
    if (SAID_ELSEWHERE.has(key)) return false;
    return backends.some(({ facts }) => [...facts.keys()].some((known) => known === key));
  }
};
