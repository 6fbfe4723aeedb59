/** `thalweg serve`: the gateway over one configuration file, until a signal ends it. */
import type { Command } from 'commander';
import { VERSION } from '../core/version.ts';
import type { WholeConfig } from '../core/config.ts';
import { proveWithFiles, startNode, type CompileOptions, type NodeGateway } from '../node.ts';
import { parsePort, placeListeners, type AddressFlags } from './addresses.ts';
import { CommandError } from './command-error.ts';
import { compileOptions, isDemo, locateConfigurationOrDemo, readConfiguration } from './configuration.ts';
import { DEMO_QUESTION, showDemo } from './demo.ts';
import { ExitCode } from './exit-code.ts';
import { sayFindings } from './findings.ts';
import { greet } from './greeting.ts';
import { followConfiguration } from './reload.ts';
import { untilStopped } from './shutdown.ts';
import type { Terminal } from './terminal.ts';

/** The flags of `serve`. */
export interface ServeOptions extends AddressFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** Describes the command; `run` takes what it does. */
export function describeServe(command: Command, run: (options: ServeOptions) => Promise<void>): void {
  command
    .description('serve the gateway; the file is watched, and a changed one goes into service or is refused as a whole')
    .option('-c, --config <file>', 'configuration; otherwise the nearest thalweg.yaml from here upward, else the demo')
    .option('--port <number>', 'port for clients, instead of that of gateway.listen; 0 = any free one', parsePort)
    .option('--host <name>', 'host for clients, instead of that of gateway.listen')
    .option('--admin-port <number>', 'port of gateway.admin; 0 = any free one', parsePort)
    .option('--json', 'announce the addresses as one line of JSON on stdout')
    .action(run);
}

/** Serves until it is stopped. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfigurationOrDemo(terminal, options.config), terminal);
  const compile = compileOptions(configuration, configuration.ports);
  const place = (whole: WholeConfig): WholeConfig => placeListeners(whole, options);
  await proveWithFiles(configuration.loaded, compile, (findings) => sayFindings(terminal, findings));
  const whole = place(configuration.whole);
  sayFindings(terminal, configuration.warnings);
  const gateway = await start(whole, compile, terminal);
  const watch = followConfiguration({ terminal, configuration, whole, gateway, compile, place });
  terminal.events.on('SIGHUP', watch.reload);
  const json = options.json === true;
  const isTour = isDemo(configuration) && !json;
  // Whoever reads the greeting may send a signal at once.
  const stopped = untilStopped(terminal, gateway);
  greet(terminal, configuration, whole, gateway, { json, question: isTour ? DEMO_QUESTION : 'Hello' });
  if (isTour) await showDemo(terminal, configuration, gateway.url);
  const code = await stopped;
  terminal.events.off('SIGHUP', watch.reload);
  watch.close();
  return code;
}

async function start(whole: WholeConfig, compile: CompileOptions, terminal: Terminal): Promise<NodeGateway> {
  try {
    return await startNode({ ...compile, whole, log: terminal.stdout, version: VERSION });
  } catch (cause) {
    throw explainListen(cause) ?? cause;
  }
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program; stop that one, or choose another port with --port or --admin-port',
  EACCES: 'may not be used by this user; choose a port of 1024 or more',
  EADDRNOTAVAIL: 'is not an address of this machine; correct gateway.listen, gateway.admin or --host',
  ENOTFOUND: 'is not known by name here; correct gateway.listen, gateway.admin or --host',
};

/** What a failure to listen means; null where it is something else. */
function explainListen(cause: unknown): CommandError | null {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return null;
  const fault = LISTEN_FAULTS[cause.code];
  if (fault === undefined) return null;
  const { address, hostname, port } = { address: undefined, hostname: undefined, port: undefined, ...cause };
  const where = [address ?? hostname, port].filter((part) => part !== undefined).join(':');
  return new CommandError(ExitCode.failure, 'address-unavailable', `${where} ${fault}.`, { address: where });
}
