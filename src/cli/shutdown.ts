/** How `serve` ends: the first signal asks, the second does not wait, and an exception that nobody caught ends it too. */
import type { NodeGateway } from '../node.ts';
import { ExitCode } from './exit-code.ts';
import { count, say, type Terminal } from './terminal.ts';

const STOPPING = ['SIGTERM', 'SIGINT'] as const;
const FATAL = ['uncaughtException', 'unhandledRejection'] as const;

/** Resolves with the exit code once the gateway has stopped. */
export function untilStopped(terminal: Terminal, gateway: Pick<NodeGateway, 'stop' | 'notice'>): Promise<ExitCode> {
  return new Promise((resolve) => {
    const { events } = terminal;
    let isStopping = false;
    const end = (code: ExitCode): void => {
      for (const name of STOPPING) events.off(name, onSignal);
      for (const name of FATAL) events.off(name, onFatal);
      resolve(code);
    };
    const stop = (code: ExitCode): void => {
      if (isStopping) {
        void gateway.stop(0).then(() => end(ExitCode.interrupted));
        return;
      }
      isStopping = true;
      void gateway.stop().then(({ finished, cut }) => {
        say(terminal, `thalweg: stopped; ${count(finished, 'answer')} finished, ${cut} cut short\n`);
        end(code);
      });
    };
    const onSignal = (signal: string): void => {
      say(terminal, isStopping ? 'thalweg: stopping at once\n' : `thalweg: ${signal}, finishing what runs\n`);
      stop(signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.ok);
    };
    const onFatal = (cause: unknown): void => {
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      say(terminal, `thalweg: a mistake of the gateway itself; please report it:\n${text}\n`);
      gateway.notice('error', 'internal-error', text);
      stop(ExitCode.failure);
    };
    for (const name of STOPPING) events.on(name, onSignal);
    for (const name of FATAL) events.on(name, onFatal);
  });
}
