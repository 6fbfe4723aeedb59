/** Addresses to listen on: `host:port`. */

/** A host with a port: a name, an IPv4 address, or an IPv6 address in brackets. */
export interface Address {
  /** Without brackets. */
  readonly host: string;
  /** 0 to 65535; 0 = any free port. */
  readonly port: number;
}

/** The form of an address; the port is checked by `parseAddress`. */
export const ADDRESS_FORM = /^(?:\[([0-9A-Fa-f:.%a-z]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/;

/** The host and port of an address; null when it is none. */
export function parseAddress(text: string): Address | null {
  const [, v6, name, digits] = ADDRESS_FORM.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  return host === undefined || port > 65535 ? null : { host, port };
}

/** True when only this machine can connect there: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|(?:0{1,4}:){7}0{0,3}1|::ffff:127(?:\.\d{1,3}){3}|localhost)$/i.test(host);
}
