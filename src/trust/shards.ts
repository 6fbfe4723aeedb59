/** Shards: a file signed as ranges, each with a digest of its own (OMS v1.0 section 6.3.2). */

/** One range of a file; the end is exclusive. */
export interface Shard {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

// The path may hold colons: the last two numbers are the range.
const NAME = /^(.+):(0|[1-9]\d{0,15}):([1-9]\d{0,15})$/s;

/** The parts of a name `path:start:end`; null when it is none. */
export function readShardName(name: string): Shard | null {
  const [, path, start, end] = NAME.exec(name) ?? [];
  return path === undefined ? null : { path, start: Number(start), end: Number(end) };
}

/** Why the shards do not cover their files exactly, in steps of one size, or null when they do. */
export function shardFault(shards: readonly Shard[], shardBytes: number): string | null {
  const byPath = new Map<string, Shard[]>();
  for (const shard of shards) {
    const ranges = byPath.get(shard.path);
    if (ranges === undefined) byPath.set(shard.path, [shard]);
    else ranges.push(shard);
  }
  for (const [path, ranges] of byPath) {
    const sorted = ranges.sort((a, b) => a.start - b.start);
    for (const [i, { start, end }] of sorted.entries()) {
      const isLast = i === sorted.length - 1;
      const size = end - start;
      if (start !== i * shardBytes || size <= 0 || size > shardBytes || (!isLast && size !== shardBytes)) {
        return `the range ${start} to ${end} of ${path} leaves a gap, overlaps, or has not the size ${shardBytes}`;
      }
    }
  }
  return null;
}
