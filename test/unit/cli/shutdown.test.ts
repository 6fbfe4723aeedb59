/** How serving ends, with a gateway that only counts. */
import { describe, expect, it, vi } from 'vitest';
import { untilStopped } from '../../../src/cli/shutdown.ts';
import type { NodeGateway } from '../../../src/node.ts';
import { makeTerminal } from '../../support/terminal.ts';

type Stoppable = Pick<NodeGateway, 'stop' | 'notice'>;

function setUp(stop: Stoppable['stop']) {
  const terminal = makeTerminal({ cwd: '/' });
  const gateway = { stop: vi.fn<Stoppable['stop']>(stop), notice: vi.fn<Stoppable['notice']>() };
  return { terminal, gateway, ended: untilStopped(terminal, gateway) };
}

const quiet: Stoppable['stop'] = () => Promise.resolve({ finished: 1, cut: 0 });

describe('untilStopped', () => {
  it.each([
    { signal: 'SIGTERM', code: 0 },
    { signal: 'SIGINT', code: 130 },
  ])('drains on $signal and ends with $code', async ({ signal, code }) => {
    const { terminal, gateway, ended } = setUp(quiet);
    terminal.events.emit(signal, signal);
    expect(await ended).toBe(code);
    expect(gateway.stop.mock.calls).toEqual([[]]);
    expect(terminal.err()).toContain('stopped; 1 answer finished, 0 cut short');
    expect(terminal.events.eventNames()).toEqual([]);
  });

  it('does not wait after a second signal', async () => {
    const never = new Promise<never>(() => {});
    const { terminal, gateway, ended } = setUp((graceMs) => (graceMs === 0 ? quiet() : never));
    terminal.events.emit('SIGTERM', 'SIGTERM');
    terminal.events.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(130);
    expect(gateway.stop.mock.calls).toEqual([[], [0]]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('records an %s, drains, and ends with 1', async (event) => {
    const { terminal, gateway, ended } = setUp(quiet);
    terminal.events.emit(event, new Error('a slip'));
    expect(await ended).toBe(1);
    expect(gateway.notice).toHaveBeenCalledWith('error', 'internal-error', expect.stringContaining('a slip'));
    expect(terminal.err()).toContain('please report it');
  });
});
