/** `thalweg trust status`: what is verified of every signed model, asked of the gateway that runs, or found out here. */
import type { Command } from 'commander';
import type { Json } from '../core/json.ts';
import { createLocalGateway, proveWithFiles } from '../node.ts';
import { isTrusted, type ArtifactStatus } from '../trust/status.ts';
import { CommandError } from './command-error.ts';
import {
  compileOptions,
  folderOf,
  locateConfiguration,
  readConfiguration,
  type Configuration,
} from './configuration.ts';
import { ExitCode } from './exit-code.ts';
import { sayFindings } from './findings.ts';
import { printable } from './model/printable.ts';
import { paint, print, printJson, say, type Terminal } from './terminal.ts';

/** The flags of the command. */
export interface TrustStatusOptions {
  readonly config?: string;
  readonly admin?: string;
  readonly verify?: boolean;
  readonly json?: boolean;
}

/** Adds the command; `end` takes how it ends. */
export function describeTrust(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('trust')
    .description('signed models behind backends')
    .command('status')
    .description(
      'show what is verified of each signed model, who signed it and what its servers say; exit code 4 if not all',
    )
    .option('-c, --config <file>', 'configuration; otherwise the nearest thalweg.yaml from here upward')
    .option('--admin <url>', 'the admin listener of the gateway to ask; otherwise gateway.admin of the configuration')
    .option('--verify', 'ask no gateway, verify everything here and now')
    .option('--json', 'print one JSON object')
    .action(async (options: TrustStatusOptions) => end(await showTrustStatus(options, terminal)));
}

/** Shows it. */
async function showTrustStatus(options: TrustStatusOptions, terminal: Terminal): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfiguration(terminal, options.config), terminal);
  const asked = options.verify === true ? null : await askGateway(configuration, options);
  const models = asked ?? (await verifyHere(configuration, terminal));
  const isFine = models.every(isTrusted);
  if (options.json) {
    printJson(terminal, { ok: isFine, source: asked === null ? 'here' : 'gateway', models: toJson(models) });
  } else {
    if (asked === null && options.verify !== true)
      say(terminal, 'thalweg: no gateway answers; verified here instead.\n');
    if (models.length === 0) print(terminal, 'no backend names an artifact\n');
    for (const model of models) print(terminal, describe(model, terminal));
  }
  return isFine ? ExitCode.ok : ExitCode.unverified;
}

const PATIENCE_MS = 5000;

/** null = nobody answers there. An address that was named must answer. */
async function askGateway({ whole }: Configuration, { admin }: TrustStatusOptions): Promise<ArtifactStatus[] | null> {
  const url = `${(admin ?? `http://${whole.gateway.admin}`).replace(/\/+$/, '')}/trust`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body: unknown = await response.json();
    if (!response.ok || !isReport(body)) throw new Error(`status ${response.status}, and not a report of this version`);
    return body.models;
  } catch (error) {
    if (admin === undefined) return null;
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(ExitCode.failure, 'gateway-unreachable', `${url} gives no status: ${why}.`, { url });
  }
}

function isReport(body: unknown): body is { readonly models: ArtifactStatus[] } {
  return typeof body === 'object' && body !== null && 'models' in body && isList(body.models, isStatus);
}

function isStatus(one: unknown): boolean {
  return (
    typeof one === 'object' && one !== null && 'files' in one && 'backends' in one && isList(one.backends, isObject)
  );
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

async function verifyHere(configuration: Configuration, terminal: Terminal): Promise<readonly ArtifactStatus[]> {
  const { loaded, ports, whole } = configuration;
  const folder = folderOf(configuration);
  const snapshot = await proveWithFiles(loaded, compileOptions(configuration, ports), (found) =>
    sayFindings(
      terminal,
      found.filter(({ path }) => path.startsWith('trust.')),
    ),
  );
  const gateway = createLocalGateway(snapshot, whole, null, folder);
  try {
    return await gateway.verifyArtifacts();
  } finally {
    await gateway.close();
  }
}

function toJson(models: readonly ArtifactStatus[]): Json {
  return JSON.parse(JSON.stringify(models)) as Json;
}

/** A block per artifact. */
function describe(model: ArtifactStatus, { stdout }: Terminal): string {
  const isFine = isTrusted(model);
  const head = paint(stdout, isFine ? 'green' : 'red', isFine ? 'trusted    ' : 'not trusted');
  const rows: [string, string][] = [
    ['files', filesOf(model)],
    ...(model.rule === null ? [] : [['rule', `${model.rule}: ${model.what ?? ''}`] as [string, string]]),
    ...row('signer', model.signer),
    ...row('root', model.root),
    ...row('verified', model.verified_at),
    ...(model.files === 'verified' ? row('lease', `${Math.round(model.lease_ms / 1000)} s left`) : []),
    ...row('store', storeOf(model)),
    ...model.warnings.map((text): [string, string] => ['note', text]),
    ...model.backends.flatMap(({ id, level, evidence, worth, least, open }): [string, string][] => [
      ['backend', `${id}: ${open ? 'open' : 'closed'}, ${level} (at least ${least}): ${evidence}`],
      ['', worth],
    ]),
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(8)}  ${printable(text)}\n`).join('');
  return `${head} ${printable(model.id)}  ${printable(model.path)}\n${lines}`;
}

function filesOf({ files, signed_files: amount }: ArtifactStatus): string {
  return files === 'verified' ? `verified by this gateway, ${amount ?? 0} signed` : 'not verified';
}

function row(label: string, text: string | null): [string, string][] {
  return text === null ? [] : [[label, text]];
}

function storeOf({ store }: ArtifactStatus): string | null {
  if (store === null || typeof store === 'string') return store;
  return `${store.source} claims the signed digest of ${store.matched} files; its weights ${store.weights_match ? 'were' : 'were not'} signed`;
}
