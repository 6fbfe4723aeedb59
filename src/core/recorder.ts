/** What is recorded of each exchange: figures and names, never content or keys. */
import type { Operation } from './gateway.ts';
import type { DataClassName } from './data-class.ts';
import type { ErrorCode } from './error-codes.ts';
import type { ProtocolId } from './chat.ts';
import type { JsonObject } from './json.ts';
import type { BreakerState } from './policy.ts';
import type { FinishReason, Usage } from './usage.ts';

/** How an exchange ended. */
export type Outcome = 'ok' | 'refused' | 'failed' | 'client-gone';

/** One attempt of an exchange. */
export interface AttemptRecord {
  readonly backend: string;
  readonly provider: string;
  /** Upstream status; null = no answer came. */
  readonly status: number | null;
  /** null = it succeeded. */
  readonly code: ErrorCode | null;
  /** From open to its end or its failure, ms. */
  readonly durationMs: number;
}

/** Milliseconds of the phases of an exchange; null = not reached. */
export interface Phases {
  /** Admission to plan. */
  readonly planMs: number;
  /** Start to the headers of the answering upstream. */
  readonly headersMs: number | null;
  /** Start to the first content. */
  readonly firstContentMs: number | null;
  readonly totalMs: number;
}

/** One finished exchange. */
export interface ExchangeRecord {
  readonly type: 'exchange';
  /** Wall clock at its start, ms since the epoch. */
  readonly at: number;
  readonly requestId: string;
  readonly surface: ProtocolId;
  readonly operation: Operation;
  readonly stream: boolean;
  /** The name that was asked for; null = not read. */
  readonly model: string | null;
  readonly backend: string | null;
  readonly provider: string | null;
  /** The model name sent upstream. */
  readonly upstreamModel: string | null;
  readonly path: 'pass' | 'translate' | null;
  readonly rule: string | null;
  readonly decision: string | null;
  readonly policy: string;
  readonly key: string | null;
  readonly tenant: string | null;
  /** Class of what it carried; null where nothing asks for classes. */
  readonly class: DataClassName | null;
  /** Names from the configuration, never what was found. */
  readonly labels: readonly string[];
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly outcome: Outcome;
  readonly phases: Phases;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
  /** null = unknown price or unknown tokens. */
  readonly costUsd: number | null;
  /** The place that the answer named, as its vendor words it; null or absent = it named none. */
  readonly proof?: string | null;
  readonly attempts: readonly AttemptRecord[];
  readonly losses: readonly string[];
  readonly splices: readonly string[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Parameters of the request that spans carry. */
  readonly maxOutputTokens: number | null;
}

/** A breaker changed its state. */
export interface BreakerRecord {
  readonly type: 'breaker';
  readonly at: number;
  readonly backend: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/** The verification of an artifact began to hold, or ceased to. */
export interface ArtifactRecord {
  readonly type: 'artifact';
  readonly at: number;
  readonly artifact: string;
  readonly isVerified: boolean;
  /** The rule that was broken; null = none. */
  readonly rule: string | null;
  readonly message: string;
}

/** Something the operator should know: a refused configuration, a refused credential, a reload. */
export interface NoticeRecord {
  readonly type: 'notice';
  readonly at: number;
  readonly level: 'info' | 'warn' | 'error';
  /** Stable kebab-case name, for example `config-reloaded`. */
  readonly name: string;
  readonly message: string;
}

/** A decision, for the decision log. */
export interface DecisionRecord {
  readonly type: 'decision';
  readonly at: number;
  /** As the policies wrote it: no content, no credential. */
  readonly record: JsonObject;
}

/** Whatever is recorded. */
export type GatewayEvent = ExchangeRecord | BreakerRecord | ArtifactRecord | NoticeRecord | DecisionRecord;

/** Takes events. Never blocks, never throws, never awaits; a full ring counts its drops. */
export interface Recorder {
  record(event: GatewayEvent): void;
}
