/** A real gateway on loopback: listeners, undici, policies and telemetry as in production, over a given configuration. */
import type { WholeConfig } from '../../src/core/config.ts';
import { Secret } from '../../src/core/secret.ts';
import { startNode, type NodeGateway } from '../../src/node.ts';

/** A gateway that runs. */
export interface RealGateway extends NodeGateway {
  /** The lines of its access log so far, parsed. */
  log(): Record<string, unknown>[];
  /** Resolves with the n-th exchange of the log, from 1. */
  exchange(n: number): Promise<Record<string, unknown>>;
}

/** Starts one; secret references are their own value. `folder`: where paths of the configuration start. */
export async function startGateway(whole: WholeConfig, folder = '.'): Promise<RealGateway> {
  let written = '';
  const log = { write: (chunk: string) => ((written += chunk), true), once: () => {} };
  const secret = (text: string): Secret => new Secret(text);
  const gateway = await startNode({ whole, secret, priceBook: null, log, version: 'test', folder });
  const lines = (): Record<string, unknown>[] => {
    gateway.app.ring.flush();
    return written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return {
    ...gateway,
    log: lines,
    async exchange(n) {
      for (let i = 0; i < 200; i++) {
        const found = lines().filter((line) => 'outcome' in line)[n - 1];
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`no exchange ${n} in the log`);
    },
  };
}
