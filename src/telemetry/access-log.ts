/** The access log: a reader that writes one line of JSON per event, a batch of lines per write. */
import type { TelemetryConfig } from '../core/config.ts';
import type { GatewayEvent } from '../core/recorder.ts';
import { levelOf, logLine, type LogLevel } from './log-line.ts';
import type { Reader } from './ring.ts';

const RANK: Readonly<Record<LogLevel, number>> = { error: 1, warn: 2, info: 3 };
const LIMIT: Readonly<Record<TelemetryConfig['log'], number>> = { off: 0, ...RANK };

/** What an access log is made of. */
export interface AccessLogOptions {
  /** The least important level that is written. */
  readonly level: TelemetryConfig['log'];
  /** Writes whole lines. False = taken, but wait for `drained` before the next write (`stream.write` of Node says so). */
  readonly write: (chunk: string) => boolean;
}

/** A reader that writes lines; while its sink is full the ring keeps its events. */
export interface AccessLog extends Reader {
  /** The sink has room again; flush the ring afterwards. */
  drained(): void;
  /** Changes what is written from now on, for a reload. */
  setLevel(level: TelemetryConfig['log']): void;
}

/** Makes the access log. Never content, never keys: the records hold none. */
export function createAccessLog({ level, write }: AccessLogOptions): AccessLog {
  let limit = LIMIT[level];
  let full = false;
  return {
    id: 'access-log',
    ready: () => !full,
    read(batch: readonly GatewayEvent[]) {
      let chunk = '';
      for (const event of batch) if (isWritten(event, limit)) chunk += logLine(event);
      if (chunk !== '') full = !write(chunk);
    },
    drained() {
      full = false;
    },
    setLevel(next) {
      limit = LIMIT[next];
    },
  };
}

/** Decisions are evidence: `evidence.decisions` says which are recorded, and no level hides them. */
function isWritten(event: GatewayEvent, limit: number): boolean {
  return event.type === 'decision' || RANK[levelOf(event)] <= limit;
}
