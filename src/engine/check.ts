/** What the engine's sections must agree on among themselves and with the catalogue of providers. */
import type { Catalogue } from '../core/catalogue.ts';
import type {
  BackendConfig,
  ConfigCheck,
  ConfigPath,
  ConfigReport,
  GatewayConfig,
  WholeConfig,
} from '../core/config.ts';
import type { Provider } from '../core/provider.ts';
import { isLoopback, parseAddress } from './address.ts';
import { checkEgress } from './check-egress.ts';
import { checkPlace } from './place/check.ts';
import { regionOf } from './place/region.ts';

/** The check of `gateway`, `backends`, `models`, `pools` and `keys`. */
export function createEngineCheck(catalogue: Catalogue): ConfigCheck {
  return (whole, report) => {
    checkAddresses(whole, report);
    for (const [id, backend] of Object.entries(whole.backends)) {
      checkBackend(id, backend, catalogue, report);
      const url = backend.url ?? catalogue.get(backend.provider)?.baseUrl ?? null;
      checkEgress(id, backend, url, whole, report);
    }
    checkModels(whole, report);
    checkPools(whole, report);
    checkKeys(whole, report);
  };
}

/** True when a gateway without keys would serve anybody who can reach this machine, and nobody said that this is meant. */
export function isOpenBeyondLoopback(listen: string, whole: Pick<WholeConfig, 'keys' | 'gateway'>): boolean {
  const address = parseAddress(listen);
  return whole.keys === null && !whole.gateway.open && address !== null && !isLoopback(address.host);
}

function checkAddresses(whole: WholeConfig, report: ConfigReport): void {
  const { gateway } = whole;
  for (const field of ['listen', 'admin'] as const) {
    if (parseAddress(gateway[field]) !== null) continue;
    report.add({
      at: ['gateway', field],
      code: 'out-of-range',
      message: 'a port is a number from 0 to 65535',
      fix: 'write host:port, like 127.0.0.1:8080',
    });
  }
  if (clashes(gateway) && report.isSound(['gateway', 'listen']) && report.isSound(['gateway', 'admin'])) {
    report.add({
      at: ['gateway', 'admin'],
      code: 'address-clash',
      message: 'clients and administration cannot share one address',
      fix: 'give the administration a port of its own',
    });
  }
  if (!isOpenBeyondLoopback(gateway.listen, whole)) return;
  if (!report.isSound(['keys']) || !report.isSound(['gateway', 'open'])) return;
  report.add({
    at: ['gateway', 'listen'],
    code: 'open-gateway',
    message: 'without keys the gateway serves anybody who can reach this address, at your cost',
    fix: 'add a section keys, listen on 127.0.0.1, or say gateway.open: true if that is meant',
  });
}

function clashes({ listen, admin }: GatewayConfig): boolean {
  const [front, back] = [parseAddress(listen), parseAddress(admin)];
  return front !== null && back !== null && front.port !== 0 && front.host === back.host && front.port === back.port;
}

function checkBackend(id: string, backend: BackendConfig, catalogue: Catalogue, report: ConfigReport): void {
  const at = ['backends', id];
  const provider = catalogue.get(backend.provider);
  if (provider === undefined) {
    reportUnknown(report, [...at, 'provider'], 'provider', backend.provider, [...catalogue.keys()]);
  } else {
    checkNeeds(at, backend, provider, report);
    checkPlace(at, backend, provider, report);
  }
  if (backend.url !== undefined) checkUrl([...at, 'url'], backend.url, report);
  if (backend.proxy !== undefined) checkUrl([...at, 'proxy'], backend.proxy, report);
}

function checkNeeds(at: ConfigPath, backend: BackendConfig, provider: Provider, report: ConfigReport): void {
  const isSaid = (...fields: readonly string[]): boolean => fields.every((field) => report.isSound([...at, field]));
  if (backend.url !== undefined || !isSaid('url', 'region')) return;
  if (provider.baseUrl === null && regionOf(provider, backend)?.select.by !== 'url') {
    report.add({
      at,
      onKey: true,
      code: 'missing-url',
      message: `the provider "${provider.id}" has no address of its own`,
      fix: 'add where it runs, for example: url: http://127.0.0.1:8000/v1',
    });
  } else if (
    provider.kind !== 'self-hosted' &&
    provider.auth.type !== 'none' &&
    backend.key === undefined &&
    isSaid('key')
  ) {
    report.add({
      at,
      onKey: true,
      code: 'missing-key',
      message: `${provider.title} answers only with a key`,
      fix: `add it, for example: key: \${${provider.id.toUpperCase().replaceAll('-', '_')}_API_KEY}`,
    });
  }
}

function checkUrl(at: ConfigPath, text: string, report: ConfigReport): void {
  const add = (code: string, message: string, fix: string) => report.add({ at, code, message, fix });
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\/[^/]/i.test(text) || /[\s\\]/.test(text)) {
    add('bad-url', 'this is not an http or https URL', 'write it whole, like https://llm.example.com/v1');
    return;
  }
  if (url.username !== '' || url.password !== '') {
    add('url-credentials', 'a URL may not carry a user or password', 'remove it and put the secret into key');
  }
  if (/[?#]/.test(text)) {
    add('url-query', 'a base URL may not have a query or a fragment', 'remove everything from the ? or # on');
  }
}

function checkPools({ pools = {} }: WholeConfig, report: ConfigReport): void {
  const backends = report.names('backends');
  const owners = new Map<string, string>();
  for (const [id, pool] of Object.entries(pools)) {
    for (const [i, backend] of pool.backends.entries()) {
      const at = ['pools', id, 'backends', i];
      if (backends?.includes(backend) === false) reportUnknown(report, at, 'backend', backend, backends);
      const owner = owners.get(backend);
      owners.set(backend, owner ?? id);
      if (owner === undefined) continue;
      const message = `the backend ${JSON.stringify(backend)} is in the pool ${JSON.stringify(owner)} already`;
      report.add({
        at,
        code: 'duplicate-backend',
        message,
        fix: 'leave it in one of them: its slots are counted once',
      });
    }
  }
}

function checkModels({ models, backends }: WholeConfig, report: ConfigReport): void {
  const known = report.names('backends');
  const used = new Set<string>();
  for (const [name, model] of Object.entries(models)) {
    const seen = new Set<string>();
    for (const [i, { id }] of model.backends.entries()) {
      const at = ['models', name, 'backends', i];
      if (known?.includes(id) === false) reportUnknown(report, at, 'backend', id, known);
      else if (seen.has(id)) {
        report.add({ at, code: 'duplicate-backend', message: `"${id}" is listed twice`, fix: 'keep one of the two' });
      }
      seen.add(id);
      used.add(id);
    }
  }
  // what is wrong in a model may be meant for a backend that no other names
  if (!report.isSound(['models'])) return;
  for (const id of Object.keys(backends)) {
    if (used.has(id)) continue;
    report.add({
      at: ['backends', id],
      onKey: true,
      level: 'warning',
      code: 'unused-backend',
      message: `no model uses the backend "${id}"`,
      fix: 'list it under a model, or remove it',
    });
  }
}

function checkKeys({ keys }: WholeConfig, report: ConfigReport): void {
  const models = report.names('models');
  const owners = new Map<string, string>();
  for (const [id, key] of Object.entries(keys ?? {})) {
    const owner = owners.get(key.hash);
    if (owner !== undefined) {
      const at = ['keys', id, 'hash'];
      report.add({
        at,
        code: 'duplicate-key-hash',
        message: `this is the key of "${owner}"`,
        fix: 'create a key for each',
      });
    }
    owners.set(key.hash, id);
    // A name that the catch-all answers needs no entry of its own.
    if (models === null || models.includes('*')) continue;
    for (const [i, name] of (key.models ?? []).entries()) {
      if (!models.includes(name)) reportUnknown(report, ['keys', id, 'models', i], 'model', name, models);
    }
  }
}

function reportUnknown(
  report: ConfigReport,
  at: ConfigPath,
  kind: string,
  word: string,
  names: readonly string[],
): void {
  const nearest = report.nearest(word, names);
  const few = names.length > 0 && names.length <= 24 ? `use one of ${names.join(', ')}` : `add a ${kind} of this name`;
  report.add({
    at,
    code: `unknown-${kind}`,
    message: `unknown ${kind} "${word}"`,
    fix: nearest === null ? few : `did you mean "${nearest}"?`,
  });
}
