/** One small broken house per rule, to prove that the architecture check sees what it is there to see. */

/** A fault on purpose: `rule` must report it, in `path`, and no other rule may. */
export interface PlantedFault {
  readonly rule: string;
  readonly name: string;
  readonly path: string;
  readonly sources: Readonly<Record<string, string>>;
}

const OPENING = '/** What lives here. */\n';

function fault(
  rule: string,
  name: string,
  path: string,
  body: string,
  others: Record<string, string> = {},
): PlantedFault {
  return { rule, name, path, sources: { [path]: OPENING + body, ...others } };
}

const ROOM = { 'src/core/chat.ts': `${OPENING}/** A part. */\nexport type Part = string;\n` };

/** `count` lines of harmless code. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `const line${i} = ${i};\n`).join('');
}

function functionOf(name: string, count: number): string {
  return `function ${name}() {\n${lines(count)}}\n`;
}

const floors: PlantedFault[] = [
  fault('room', 'a folder that the plan does not know', 'src/attic/box.ts', ''),
  fault('floor', 'a lower room imports a higher one', 'src/core/loss.ts', "import '../wire/sse.ts';\n", {
    'src/wire/sse.ts': OPENING,
  }),
  fault(
    'floor',
    'a type import goes up too',
    'policies/plan.ts',
    "import type { A } from '../src/engine/admit.ts';\n",
    {
      'src/engine/admit.ts': OPENING,
    },
  ),
  fault('floor', 'siblings see each other', 'src/config/load.ts', "import '../telemetry/ring.ts';\n", {
    'src/telemetry/ring.ts': OPENING,
  }),
  fault(
    'floor',
    'one wire language sees another',
    'src/protocols/ollama/index.ts',
    "import '../openai-chat/index.ts';\n",
    {
      'src/protocols/openai-chat/index.ts': OPENING,
    },
  ),
  fault('floor', 'the engine imports a policy', 'src/engine/admit.ts', "export * from '../../policies/plan.ts';\n", {
    'policies/plan.ts': OPENING,
  }),
  fault('floor', 'a dynamic import goes up', 'src/wire/sse.ts', "await import('../config/load.ts');\n", {
    'src/config/load.ts': OPENING,
  }),
  fault('floor', 'an inline type import goes up', 'src/core/loss.ts', "type A = import('../wire/sse.ts').A;\n", {
    'src/wire/sse.ts': OPENING,
  }),
  fault('floor', 'the house imports a test', 'src/core/loss.ts', "import '../../test/planted.ts';\n", {
    'test/planted.ts': OPENING,
  }),
  fault('runtime-folder', 'the app reaches into node/', 'src/app.ts', "import './server/node/sink.ts';\n", {
    'src/server/node/sink.ts': OPENING,
  }),
  fault(
    'runtime-folder',
    'the Node entry reaches into worker/',
    'src/node.ts',
    "import './state/worker/ledger.ts';\n",
    {
      'src/state/worker/ledger.ts': OPENING,
    },
  ),
  fault('target', 'an import without its .ts', 'src/wire/sse.ts', "import type { Part } from '../core/chat';\n", ROOM),
];

const packages: PlantedFault[] = [
  fault('package-place', 'node: in a portable room', 'src/wire/sse.ts', "import 'node:fs/promises';\n"),
  fault(
    'package-place',
    'a type of undici above its folder',
    'src/transport/pool.ts',
    "import type { A } from 'undici';\n",
  ),
  fault('package-place', 'ioredis outside node/', 'src/state/redis.ts', "import 'ioredis';\n"),
  fault('package-place', 'hono in the engine', 'src/engine/admit.ts', "import 'hono';\n"),
  fault('package-place', 'zod outside a schema', 'src/config/load.ts', "import * as z from 'zod';\n"),
  fault('package-place', 'commander outside the command line', 'src/node.ts', "import 'commander';\n"),
  fault('package-declared', 'a package that users do not get', 'policies/plan.ts', "import 'fast-check';\n"),
  fault('package-declared', 'a built-in without node:', 'src/cli/main.ts', "import 'fs';\n"),
  fault('zod-namespace', 'zod by name', 'policies/schema.ts', "import { z } from 'zod';\n"),
  fault('edge', 'YAML behind two doors of the worker', 'src/config/load.ts', "import 'yaml';\n", {
    'src/worker.ts': `${OPENING}import './app.ts';\n`,
    'src/app.ts': `${OPENING}export * from './config/load.ts';\n`,
  }),
];

const shape: PlantedFault[] = [
  fault('parsed', 'a source that no parser reads', 'src/core/chat.ts', 'const = ;\n'),
  fault('cycle', 'two modules need each other', 'src/core/chat.ts', "import './loss.ts';\n", {
    'src/core/loss.ts': `${OPENING}import './chat.ts';\n`,
  }),
  fault('cycle', 'a circle of types', 'src/core/chat.ts', "import type { A } from './loss.ts';\n", {
    'src/core/loss.ts': `${OPENING}export type { B as A } from './chat.ts';\n`,
  }),
  { rule: 'opening', name: 'no opening', path: 'src/core/chat.ts', sources: { 'src/core/chat.ts': 'const a = 1;\n' } },
  {
    rule: 'opening',
    name: 'two sentences',
    path: 'test/unit/a.test.ts',
    sources: { 'test/unit/a.test.ts': '/** One. Two. */\n' },
  },
  fault('documented', 'an export after a remark', 'src/core/chat.ts', '// not a doc comment\nexport const a = 1;\n'),
  fault('documented', 'an export in a list', 'providers/acme.ts', 'const a = 1;\nexport { a };\n'),
  {
    rule: 'documented',
    name: 'the opening is not a doc',
    path: 'src/core/chat.ts',
    sources: { 'src/core/chat.ts': `${OPENING}export const a = 1;\n` },
  },
  fault('file-size', 'a file over the limit', 'test/unit/long.test.ts', lines(400)),
  fault('file-size', 'files that are too long on the whole', 'src/core/chat.ts', lines(121)),
  fault(
    'function-size',
    'a function over the limit',
    'src/core/chat.ts',
    functionOf('long', 80) + functionOf('a', 0).repeat(9),
  ),
  fault('function-size', 'functions that are too long on the whole', 'src/core/chat.ts', functionOf('long', 45)),
];

const ambient: PlantedFault[] = [
  fault('global', 'the wall clock', 'policies/plan.ts', 'Date.now();\n'),
  fault('global', 'the wall clock in disguise', 'policies/plan.ts', 'new Date();\n'),
  fault('global', 'dice', 'policies/pick.ts', 'globalThis.Math.random();\n'),
  fault('global', 'an identifier out of the air', 'src/engine/admit.ts', 'crypto.randomUUID();\n'),
  fault('global', 'a timer', 'src/engine/attempt.ts', 'setTimeout(() => {}, 1);\n'),
  fault('global', 'an interval handed on', 'src/engine/attempt.ts', 'const timers = { setInterval };\n'),
  fault('global', 'the network', 'routes/models.ts', "fetch('http://localhost');\n"),
  fault('global', 'the network by another name', 'routes/models.ts', "globalThis.fetch('http://localhost');\n"),
  fault('global', 'the environment', 'src/config/expand.ts', 'process.env;\n'),
  fault('global', 'a stopwatch', 'src/telemetry/ring.ts', 'performance.now();\n'),
];

const habits: PlantedFault[] = [
  fault('any', 'any', 'src/core/chat.ts', 'let a: any;\n'),
  fault('any', 'any in a test', 'test/unit/a.test.ts', 'const a = (b: any[]) => b;\n'),
  fault('double-cast', 'a cast through unknown', 'src/core/chat.ts', 'const a = 1 as unknown as string;\n'),
  fault('silenced', 'ts-ignore', 'test/unit/a.test.ts', '// @ts-ignore\nconst a = 1;\n'),
  fault('silenced', 'ts-expect-error outside tests', 'src/core/chat.ts', '// @ts-expect-error wrong\nconst a = 1;\n'),
  fault('todo', 'a promise', 'src/core/chat.ts', `// ${'TO'}${'DO'}: later\n`),
  fault('drawer', 'a drawer file', 'src/core/utils.ts', ''),
  fault('drawer', 'a drawer folder', 'test/helpers/clock.ts', ''),
  fault('drawer', 'types.ts', 'src/wire/types.ts', ''),
  fault('kebab-case', 'camel case', 'src/core/chatModel.ts', ''),
];

/** Every planted fault; each rule has at least one. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [...floors, ...packages, ...shape, ...ambient, ...habits];

/** A small house in which everything is in order, near misses included. */
export const SOUND_HOUSE: Readonly<Record<string, string>> = {
  ...ROOM,
  'src/wire/sse.ts': `${OPENING}import type { Part } from '../core/chat.ts';\n/** Reads. */\nexport const read = (p: Part) => p;\n`,
  'src/protocols/index.ts': `${OPENING}export { read } from './openai-chat/index.ts';\n`,
  'src/protocols/openai-chat/index.ts': `${OPENING}export { read } from '../../wire/sse.ts';\n`,
  'src/transport/node/pool.ts': `${OPENING}import 'undici';\nimport 'node:net';\nsetTimeout(() => Date.now(), 1);\n`,
  'src/transport/web/open.ts': `${OPENING}fetch('http://localhost');\n`,
  'policies/schema.ts': `${OPENING}import * as z from 'zod';\nz.string();\n`,
  'policies/plan.ts': `${OPENING}const at = new Date(0);\nconst take = (fetch: () => void) => fetch();\nat.valueOf();\ntake(() => {});\n`,
  'routes/models.ts': `${OPENING}import { Hono } from 'hono';\nnew Hono().fetch(new Request('http://localhost'));\n`,
  'src/app.ts': `${OPENING}import '../routes/models.ts';\nimport './transport/web/open.ts';\n`,
  'src/node.ts': `${OPENING}import './app.ts';\nimport './transport/node/pool.ts';\nprocess.exitCode = 0;\n`,
  'src/worker.ts': `${OPENING}import './app.ts';\nimport type { Env } from '@cloudflare/workers-types';\n`,
  'src/cli/main.ts': `${OPENING}import '../node.ts';\nimport 'commander';\n`,
  'test/unit/a.test.ts': `${OPENING}// @ts-expect-error a name that does not exist\nnope();\n${functionOf('long', 100)}`,
};
