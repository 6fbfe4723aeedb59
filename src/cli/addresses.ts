/** Where `serve` listens: what the file says, unless the command line says otherwise. */
import { InvalidArgumentError } from 'commander';
import type { WholeConfig } from '../core/config.ts';
import { parseAddress } from '../engine/address.ts';
import { isOpenBeyondLoopback } from '../engine/check.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';

/** What the command line says. */
export interface AddressFlags {
  readonly port?: number;
  readonly host?: string;
  readonly adminPort?: number;
}

/** Reads the value of `--port` and `--admin-port`. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/**
 * The configuration with the addresses of the command line.
 * @throws CommandError when the host is none, or an open gateway would serve more than this machine
 */
export function placeListeners(whole: WholeConfig, flags: AddressFlags): WholeConfig {
  const listen = replaced(whole.gateway.listen, flags.host, flags.port);
  const admin = replaced(whole.gateway.admin, undefined, flags.adminPort);
  if (parseAddress(listen) === null) {
    throw new CommandError(ExitCode.usage, 'bad-host', `"${flags.host}" is not a host name or an IP address.`);
  }
  if (isOpenBeyondLoopback(listen, whole)) {
    throw new CommandError(
      ExitCode.configuration,
      'open-gateway',
      `without keys the gateway would serve anybody who can reach ${listen}, at your cost. ` +
        'Add a section keys, listen on 127.0.0.1, or say gateway.open: true if that is meant.',
    );
  }
  return { ...whole, gateway: { ...whole.gateway, listen, admin } };
}

function replaced(address: string, host: string | undefined, port: number | undefined): string {
  const before = parseAddress(address);
  const name = host ?? before?.host ?? '';
  return `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port ?? before?.port ?? 0}`;
}
