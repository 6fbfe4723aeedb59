/** Which packages and built-in modules may be imported where. */
import { isHouse, isListed, isUnder } from '../floors.ts';
import type { Import, Module } from '../module.ts';
import type { Rule } from '../rule.ts';

/** Packages that belong to some rooms, with the test of a path that may import them. */
interface Placement {
  readonly packages: RegExp;
  readonly where: string;
  allows(path: string): boolean;
}

const NODE_SIDE = ['src/node.ts', 'src/index.ts', 'src/cli/'];

const PLACEMENTS: readonly Placement[] = [
  {
    packages: /^(node:.*|undici|ioredis|@hono\/node-server)$/,
    where: 'node/ folders, src/node.ts, src/index.ts and src/cli',
    allows: (path) => isUnder(path, 'node') || isListed(path, NODE_SIDE),
  },
  { packages: /^hono$/, where: 'routes and src/app.ts', allows: (path) => isListed(path, ['routes/', 'src/app.ts']) },
  { packages: /^zod$/, where: 'schema.ts files', allows: (path) => path.endsWith('/schema.ts') },
  {
    packages: /^yaml$/,
    where: 'src/config and src/cli',
    allows: (path) => isListed(path, ['src/config/', 'src/cli/']),
  },
  { packages: /^(commander|@clack\/prompts)$/, where: 'src/cli', allows: (path) => path.startsWith('src/cli/') },
  { packages: /^@opentelemetry\/api$/, where: 'src/telemetry', allows: (path) => path.startsWith('src/telemetry/') },
  {
    packages: /^@sigstore\//,
    where: 'src/trust/node/keyless.ts',
    allows: (path) => path === 'src/trust/node/keyless.ts',
  },
];

/** Peers that a user may leave out: nothing may fail to load without them. */
const OPTIONAL = /^@sigstore\/(bundle|protobuf-specs|verify)$/;

/** Runtime-bound and heavy packages stay in the rooms that the floor plan gives them. */
export const placementRule: Rule = {
  id: 'package-place',
  why: 'one room per outside dependency keeps the edge build small and the core portable',
  check({ modules }, report) {
    for (const { module, edge, name } of packageImports(modules)) {
      const placement = PLACEMENTS.find(({ packages }) => packages.test(name));
      if (placement && !placement.allows(module.path)) {
        report(module.path, edge.line, `${name} may be imported only in ${placement.where}`);
      }
    }
  },
};

/** The house imports only what users install: no development package, no undeclared one, no bare built-in. */
export const declaredRule: Rule = {
  id: 'package-declared',
  why: 'the published package must start in an empty folder',
  check({ modules, dependencies }, report) {
    for (const { module, edge, name } of packageImports(modules)) {
      if (name.startsWith('node:') || dependencies.has(name)) continue;
      if (edge.typeOnly && name === '@cloudflare/workers-types') continue;
      if (OPTIONAL.test(name) && (edge.typeOnly || edge.text.startsWith('import('))) continue;
      report(module.path, edge.line, `${name} is not in the dependencies of package.json`);
    }
  },
};

/** zod comes as a namespace. */
export const zodRule: Rule = {
  id: 'zod-namespace',
  why: 'named imports of zod bundle 454 KB for the edge, the namespace 85 KB',
  check({ modules }, report) {
    for (const module of modules.values()) {
      for (const { specifier, line, text } of module.imports) {
        if (!/^zod(\/|$)/.test(specifier) || /^import (type )?\* as z\b/.test(text)) continue;
        report(module.path, line, "write: import * as z from 'zod'");
      }
    }
  },
};

interface PackageImport {
  readonly module: Module;
  readonly edge: Import;
  /** `node:fs` or the package's name without its inner path. */
  readonly name: string;
}

function* packageImports(modules: ReadonlyMap<string, Module>): Generator<PackageImport> {
  for (const module of modules.values()) {
    if (!isHouse(module.path)) continue;
    for (const edge of module.imports) {
      if (edge.target === null) yield { module, edge, name: packageName(edge.specifier) };
    }
  }
}

/** The package that a bare specifier names: `@scope/name/inner` is `@scope/name`, `node:fs/promises` itself. */
export function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
