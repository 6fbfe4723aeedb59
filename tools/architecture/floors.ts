/** The floors table of the house as data: every room, where it lies and which rooms it may import. */

/** One room: a folder (ends in `/`) or a single file, with the rooms below it that it may see. */
export interface Room {
  readonly name: string;
  readonly floor: number;
  /** Path from the repository root; `*` stands for one folder name, and each match is a room of its own. */
  readonly path: string;
  /** Names of rooms, or `below` for every room on a lower floor. */
  readonly sees: readonly string[] | 'below';
}

const protocols = 'protocols/*';

/** The rooms from the ground up; the first one that holds a path wins. */
export const ROOMS: readonly Room[] = [
  { name: 'core', floor: 0, path: 'src/core/', sees: [] },
  { name: 'wire', floor: 1, path: 'src/wire/', sees: ['core'] },
  { name: 'crypto', floor: 1, path: 'src/crypto/', sees: ['core'] },
  { name: 'system', floor: 1, path: 'src/system.ts', sees: ['core'] },
  { name: 'artifact', floor: 1, path: 'src/artifact/', sees: ['core'] },
  { name: protocols, floor: 2, path: 'src/protocols/*/', sees: ['core', 'wire'] },
  { name: 'protocols', floor: 2, path: 'src/protocols/', sees: ['core', 'wire', protocols] },
  { name: 'trust', floor: 2, path: 'src/trust/', sees: ['core', 'crypto', 'wire', 'artifact'] },
  { name: 'credentials', floor: 2, path: 'src/credentials/', sees: ['core', 'crypto'] },
  { name: 'transport', floor: 2, path: 'src/transport/', sees: ['core', 'wire'] },
  { name: 'config', floor: 2, path: 'src/config/', sees: ['core'] },
  { name: 'telemetry', floor: 2, path: 'src/telemetry/', sees: ['core'] },
  { name: 'state', floor: 2, path: 'src/state/', sees: ['core'] },
  { name: 'policies', floor: 2, path: 'policies/', sees: ['core'] },
  { name: 'providers', floor: 3, path: 'providers/', sees: ['core', 'wire', 'protocols', protocols] },
  { name: 'routes', floor: 3, path: 'routes/', sees: ['core', 'wire'] },
  { name: 'engine', floor: 3, path: 'src/engine/', sees: ['core', 'wire', 'crypto'] },
  { name: 'server', floor: 3, path: 'src/server/', sees: ['core', 'wire'] },
  { name: 'embedded', floor: 3, path: 'src/embedded/', sees: ['core', 'wire', 'artifact', 'protocols/openai-chat'] },
  { name: 'app', floor: 4, path: 'src/app.ts', sees: 'below' },
  { name: 'sections', floor: 5, path: 'src/sections.ts', sees: 'below' },
  { name: 'node', floor: 5, path: 'src/node.ts', sees: 'below' },
  { name: 'worker', floor: 5, path: 'src/worker.ts', sees: 'below' },
  { name: 'index', floor: 6, path: 'src/index.ts', sees: 'below' },
  { name: 'cli', floor: 6, path: 'src/cli/', sees: 'below' },
];

/** The top folders that the floors table governs; every module in them must lie in a room. */
export const HOUSE = ['src/', 'routes/', 'providers/', 'policies/'] as const;

/** A room that a path lies in; `id` tells the rooms of one starred entry apart. */
export interface Place {
  readonly room: Room;
  readonly id: string;
}

/** True for the product's own modules, false for tests, tools and benches. */
export function isHouse(path: string): boolean {
  return HOUSE.some((top) => path.startsWith(top));
}

/** The room that a path lies in, or null when the floor plan has none. */
export function placeOf(path: string): Place | null {
  for (const room of ROOMS) {
    if (!room.path.includes('*')) {
      if (room.path.endsWith('/') ? path.startsWith(room.path) : path === room.path) return { room, id: room.name };
      continue;
    }
    const [before = ''] = room.path.split('*');
    const [folder = '', ...rest] = path.startsWith(before) ? path.slice(before.length).split('/') : [];
    if (rest.length > 0) return { room, id: room.name.replace('*', folder) };
  }
  return null;
}

/** True when a module in `from` may import one in `to`: the same room, or a room below that the table names. */
export function maySee(from: Place, to: Place): boolean {
  if (from.id === to.id) return true;
  if (from.room.sees === 'below') return to.room.floor < from.room.floor;
  return from.room.sees.includes(to.id) || from.room.sees.includes(to.room.name);
}

/** A folder that only one runtime can run, and the modules outside such folders that may reach into it. */
export interface RuntimeFolder {
  readonly name: string;
  readonly gates: readonly string[];
}

/** `node` and `worker` folders; `web` folders run everywhere and need no gate. */
export const RUNTIME_FOLDERS: readonly RuntimeFolder[] = [
  { name: 'node', gates: ['src/node.ts', 'src/index.ts', 'src/cli/'] },
  { name: 'worker', gates: ['src/worker.ts'] },
];

/** The modules that choose or are ports: they may read clocks, environment and dice. */
export const PORTS = ['src/system.ts', 'src/node.ts', 'src/worker.ts', 'src/index.ts', 'src/cli/'] as const;

/** Folders whose modules implement ports for one kind of runtime. */
export const PORT_FOLDERS = ['node', 'web', 'worker'] as const;

/** True when `path` is one of the listed files or lies in one of the listed folders. */
export function isListed(path: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry));
}

/** True when `path` lies in a folder of that name, at any depth. */
export function isUnder(path: string, folder: string): boolean {
  return path.split('/').slice(0, -1).includes(folder);
}
