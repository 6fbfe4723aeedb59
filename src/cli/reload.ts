/** Reloading: a changed file goes into service as a whole, or is refused as a whole. */
import { ConfigError, describeSkipped } from '../config/config-error.ts';
import { diffConfigs } from '../config/diff.ts';
import type { LoadResult } from '../config/load.ts';
import { watchConfig, type ConfigWatch } from '../config/node/watch.ts';
import type { PlacedFinding } from '../config/place.ts';
import type { WholeConfig } from '../core/config.ts';
import { ENGINE_SECRETS } from '../engine/schema.ts';
import { proveWithFiles, refusalWithFiles, type CompileOptions, type NodeGateway } from '../node.ts';
import { systemClock } from '../system.ts';
import { loadAgain, type Configuration } from './configuration.ts';
import { countFindings, sayFindings } from './findings.ts';
import { count, say, type Terminal } from './terminal.ts';

/** What a reload works on. */
export interface ReloadOptions {
  readonly terminal: Terminal;
  readonly configuration: Configuration;
  /** The configuration in service. */
  readonly whole: WholeConfig;
  readonly gateway: NodeGateway;
  readonly compile: CompileOptions;
  /** The configuration with the addresses of the command line. */
  readonly place: (whole: WholeConfig) => WholeConfig;
}

/** Watches the file of a gateway and keeps the gateway to it. */
export function followConfiguration(options: ReloadOptions): ConfigWatch {
  const { configuration } = options;
  const reloader = new Reloader(options);
  return watchConfig(configuration.path, configuration.text, {
    clock: systemClock,
    load: (source) => loadAgain(configuration, source, configuration.ports),
    onLoad: (result) => reloader.take(result),
  });
}

class Reloader {
  readonly #options: ReloadOptions;
  #whole: WholeConfig;
  /** One reload at a time, in the order of the changes. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#whole = options.whole;
  }

  take(result: LoadResult): void {
    this.#turn = this.#turn.then(() => this.#install(result)).catch((cause: unknown) => this.#refuse(cause));
  }

  async #install(result: LoadResult): Promise<void> {
    const { terminal, configuration, gateway, compile, place } = this.#options;
    if (!result.ok) throw await refusalWithFiles(result, compile);
    await proveWithFiles(result, compile, (findings) => sayFindings(terminal, findings));
    const next = place(result.whole);
    const lines = diffConfigs(this.#whole, next, ENGINE_SECRETS);
    const fixed = await gateway.reload(next);
    this.#whole = next;
    const waiting = fixed.length === 0 ? '' : `; needs a restart: ${fixed.join(', ')}`;
    const changes = lines.length === 0 ? 'nothing in it changed' : count(lines.length, 'change');
    gateway.notice('info', 'config-reloaded', [`${changes}${waiting}`, ...lines].join('; '));
    sayFindings(terminal, result.warnings);
    say(terminal, `thalweg: reloaded ${configuration.name}, ${changes}${waiting}\n`);
    for (const line of lines) say(terminal, `  ${line}\n`);
  }

  #refuse(cause: unknown): void {
    const { terminal, configuration, gateway } = this.#options;
    const findings = cause instanceof ConfigError ? cause.findings : [];
    const why = cause instanceof ConfigError ? countFindings(findings) : messageOf(cause);
    const more = cause instanceof ConfigError ? (describeSkipped(cause.skipped) ?? []) : [];
    gateway.notice('error', 'config-refused', [why, ...findings.map(inOneLine)].concat(more).join('; '));
    sayFindings(terminal, findings);
    const parts = [`${configuration.name} is refused (${why})`, 'the one before it stays in service'].concat(more);
    say(terminal, `thalweg: ${parts.join('; ')}.\n`);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function inOneLine({ file, line, column, message, code }: PlacedFinding): string {
  return `${file}:${line}:${column} ${message} [${code}]`;
}
