/** The configuration of a command: found, read, checked, or refused with everything that is wrong with it. */
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../../providers/index.ts';
import { createPriceBook } from '../../providers/price-book.ts';
import type { WholeConfig } from '../core/config.ts';
import { CONFIG_NAMES, findConfig } from '../config/find.ts';
import { loadConfig, type ConfigSource, type LoadedConfig, type LoadPorts, type LoadResult } from '../config/load.ts';
import { ConfigFileError, nodeFileTree, nodeLoadPorts, readConfigFile } from '../config/node/files.ts';
import type { PlacedFinding } from '../config/place.ts';
import { resolveSecret, type Target } from '../config/secret.ts';
import { Secret } from '../core/secret.ts';
import { refusalOf, refusalWithFiles, type CompileOptions } from '../node.ts';
import { createLanguage } from '../sections.ts';
import { systemClock } from '../system.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** The language of this version. */
export const language = createLanguage(catalogue, () => systemClock.now());

/** Where the configuration of a command is. */
export interface ConfigurationPlace {
  /** Absolute. */
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
}

/** A configuration that passed every check. */
export interface Configuration extends ConfigurationPlace {
  readonly text: string;
  readonly whole: WholeConfig;
  readonly warnings: readonly PlacedFinding[];
  /** As it was loaded, for later stages. */
  readonly loaded: LoadedConfig;
  readonly ports: LoadPorts;
}

const SMALLEST = `  backends:
    up: { provider: openai-compatible, url: "http://127.0.0.1:8000/v1", model: "*" }
  models:
    "*": { backends: [up] }
`;

/** The configuration of the demo: a real file, which this package brings along. */
const DEMO: ConfigurationPlace = {
  path: fileURLToPath(
    new URL(`${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/examples/demo.yaml`, import.meta.url),
  ),
  name: 'the demo',
};

/** Where the paths in a configuration start. */
export function folderOf({ path }: ConfigurationPlace): string {
  return dirname(path);
}

/** True for the configuration that stands in where nobody wrote one. */
export function isDemo({ path }: ConfigurationPlace): boolean {
  return path === DEMO.path;
}

/** The file that was named, or the nearest one from the working directory upward, or the demo. */
export function locateConfigurationOrDemo(terminal: Terminal, file: string | undefined): ConfigurationPlace {
  if (file === undefined && findConfig(terminal.cwd, nodeFileTree).path === null) return DEMO;
  return locateConfiguration(terminal, file);
}

/**
 * The file that was named, or the nearest one from the working directory upward.
 * @throws CommandError `configuration-not-found` with what was looked for and how to write the smallest file
 */
export function locateConfiguration(terminal: Terminal, file: string | undefined): ConfigurationPlace {
  if (file !== undefined) return { path: resolve(terminal.cwd, file), name: file };
  const { path, looked } = findConfig(terminal.cwd, nodeFileTree);
  if (path !== null) return { path, name: nameOf(path, terminal) };
  const folders = [...new Set(looked.map((one) => dirname(one)))].map((folder) => `  ${folder}\n`).join('');
  throw new CommandError(
    ExitCode.configuration,
    'configuration-not-found',
    `there is no configuration. Looked for ${CONFIG_NAMES.join(', ')} in\n${folders}` +
      `Write thalweg.yaml; this is the smallest one, for a server of the OpenAI kind:\n\n${SMALLEST}\n` +
      'Then run the command again, or name a file with -c FILE.',
    { looked },
  );
}

/**
 * Reads and checks a configuration.
 * @throws CommandError when the file cannot be read, ConfigError with everything that can be known when it cannot be used
 */
export async function readConfiguration(
  place: ConfigurationPlace,
  terminal: Terminal,
  target: Target = 'node',
): Promise<Configuration> {
  const ports = loadPorts(place, terminal, target);
  const source = readSource(place);
  const loaded = loadConfig(source, language, ports);
  if (!loaded.ok) {
    // a worker has no files, and its secrets are not here
    if (target === 'worker') {
      throw refusalOf(loaded, { ...compileOptions(place, ports), secret: absentSecret, isForWorker: true });
    }
    throw await refusalWithFiles(loaded, compileOptions(place, ports));
  }
  return { ...place, text: source.text, whole: loaded.whole, warnings: loaded.warnings, loaded, ports };
}

/** What compiling a configuration takes from outside: its secrets, the prices, the folder where its paths start. */
export function compileOptions(place: ConfigurationPlace, ports: LoadPorts): CompileOptions {
  const secret = (reference: string): Secret => resolveSecret(reference, ports);
  return { secret, priceBook: createPriceBook(), folder: folderOf(place) };
}

/** What stands for a secret where nothing leaves: any key serves to prove that the rest compiles. */
export function absentSecret(): Secret {
  return new Secret('absent-while-building');
}

/** Loads a text that was read from the place again. */
export function loadAgain(place: ConfigurationPlace, source: ConfigSource, ports: LoadPorts): LoadResult {
  return loadConfig({ ...source, name: place.name }, language, ports);
}

function loadPorts({ path }: ConfigurationPlace, { env }: Terminal, target: Target): LoadPorts {
  return { ...nodeLoadPorts(path, env), target };
}

function readSource({ path, name }: ConfigurationPlace): ConfigSource {
  try {
    return { ...readConfigFile(path), name };
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    throw new CommandError(ExitCode.configuration, 'configuration-unreadable', error.message, { file: path });
  }
}

/** A path as messages show it: relative to the working directory where that is shorter. */
export function nameOf(path: string, { cwd }: Terminal): string {
  const short = relative(cwd, path);
  return isAbsolute(short) || short.length > path.length ? path : short;
}
