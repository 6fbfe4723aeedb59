/** Lint rules: correctness everywhere, and the floors table turned into bans of imports and globals per room. */
import { defineConfig, type OxlintConfig } from 'oxlint';
import { HOUSE, PORT_FOLDERS, PORTS, ROOMS, type Room } from './tools/architecture/floors.ts';

type Override = NonNullable<OxlintConfig['overrides']>[number];

const NODE_ONLY = '^(node:|(undici|ioredis|@hono/node-server)(/|$))';
const NODE_SIDE = ['node', 'index', 'cli'];
const PORT_FILES = [...PORTS.map(asGlob), ...PORT_FOLDERS.flatMap((name) => HOUSE.map((top) => `${top}**/${name}/**`))];

function asGlob(path: string): string {
  return path.endsWith('/') ? `${path}**` : path;
}

/** `protocols` for the wire languages and their list alike: specifiers do not tell them apart, the architecture test does. */
function wing({ name }: Pick<Room, 'name'>): string {
  return name.replace(/\/.*/, '');
}

function isBanned(room: Room, other: Room): boolean {
  if (wing(other) === wing(room)) return false;
  if (room.sees === 'below') return other.floor >= room.floor;
  return !room.sees.some((name) => wing({ name }) === wing(other));
}

/** Matches relative specifiers that lead into `room` from anywhere else. */
function specifierOf({ path }: Room): string {
  const inner = path
    .replace(/^src\//, '')
    .replace('*/', '')
    .replaceAll('.', '\\.');
  return `^(\\./|(\\.\\./)+)(src/)?${inner}${path.endsWith('/') ? '' : '$'}`;
}

/** The import bans of a room; with `node` those of its node/ folder. */
function floorOverride(room: Room, node: boolean): Override {
  const path = asGlob(room.path);
  const patterns = ROOMS.filter((other) => isBanned(room, other)).map((other) => ({
    regex: specifierOf(other),
    message: `${room.name} may not see ${other.name}: see the floors in tools/architecture/floors.ts.`,
  }));
  if (!node && !NODE_SIDE.includes(room.name)) {
    patterns.push({ regex: NODE_ONLY, message: 'Only node/ folders and the Node entry points may import this.' });
  }
  return {
    files: [node ? `${path}/node/**` : path],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

const folders = ROOMS.filter(({ path }) => path.endsWith('/'));

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'vitest'],
  categories: { correctness: 'error' },
  ignorePatterns: ['dist/**', 'bench/peers/**'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'import/no-cycle': 'error',
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 80 }],
    // A private member that nobody reads is how a class is branded.
    'no-unused-private-class-members': 'off',
    // Arrays of a known length are allocated once on the hot path.
    'unicorn/no-new-array': 'off',
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'fc.assert'] }],
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'typescript/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'unicorn/import-style': ['error', { extendDefaultStyles: false, styles: { zod: { namespace: true } } }],
  },
  overrides: [
    ...ROOMS.map((room) => floorOverride(room, false)),
    ...folders.map((room) => floorOverride(room, true)),
    {
      files: HOUSE.map(asGlob),
      rules: {
        'no-console': 'error',
        'no-restricted-globals': [
          'error',
          ...['fetch', 'process', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'Buffer'].map((name) => ({
            name,
            message: 'It belongs in a port: Clock, Random or Transport.',
          })),
        ],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Time is an argument: Clock.' },
          { object: 'Math', property: 'random', message: 'Chance is an argument: Random.' },
        ],
      },
    },
    {
      files: PORT_FILES,
      rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
    },
    { files: ['src/cli/**', 'src/worker.ts'], rules: { 'no-console': 'off' } },
    { files: ['test/**', 'bench/**'], rules: { 'max-lines-per-function': 'off' } },
  ],
});
