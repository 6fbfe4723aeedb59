/**
 * One event as one line of JSON, written by hand: as cheap as `JSON.stringify` of the bare record and a third cheaper than
 * building an object with the same bounds and escapes for it (bench/telemetry.ts).
 */
import type {
  ArtifactRecord,
  AttemptRecord,
  BreakerRecord,
  DecisionRecord,
  ExchangeRecord,
  GatewayEvent,
  NoticeRecord,
} from '../core/recorder.ts';
import type { Usage } from '../core/usage.ts';
import { plainText } from './plain-text.ts';

/** How much an event matters to the operator. */
export type LogLevel = 'error' | 'warn' | 'info';

/** The longest message of a notice, in UTF-16 code units: our own words, which may name several places. */
const MAX_MESSAGE = 2048;

const LEVEL_OF_OUTCOME: Readonly<Record<ExchangeRecord['outcome'], LogLevel>> = {
  ok: 'info',
  'client-gone': 'info',
  refused: 'warn',
  failed: 'error',
};

/** The level of an event: what failed here is an error, what was refused or degraded a warning. */
export function levelOf(event: GatewayEvent): LogLevel {
  if (event.type === 'exchange') return LEVEL_OF_OUTCOME[event.outcome];
  if (event.type === 'breaker') return event.to === 'open' ? 'warn' : 'info';
  if (event.type === 'artifact') return event.isVerified ? 'info' : 'error';
  if (event.type === 'decision') return 'info';
  return event.level;
}

/**
 * The line of an event, with its line feed. Milliseconds have at most two decimals, times are ISO 8601 in UTC, `null` = not
 * told. Every string that a client or an upstream could have chosen is bounded and free of control characters.
 */
export function logLine(event: GatewayEvent): string {
  const head = `{"time":"${timeOf(event.at)}","level":"${levelOf(event)}","event":"${event.type}"`;
  if (event.type === 'exchange') return exchangeLine(head, event);
  if (event.type === 'artifact') return artifactLine(head, event);
  if (event.type === 'decision') return decisionLine(head, event);
  return event.type === 'breaker' ? breakerLine(head, event) : noticeLine(head, event);
}

function exchangeLine(head: string, event: ExchangeRecord): string {
  const { phases } = event;
  return (
    `${head},"request":${quote(event.requestId)},"decision":${quoteOrNull(event.decision)}` +
    `,"surface":"${event.surface}","operation":"${event.operation}","stream":${event.stream}` +
    `,"model":${known(event.model)},"backend":${known(event.backend)},"provider":${known(event.provider)}` +
    `,"upstream_model":${known(event.upstreamModel)},"path":${known(event.path)},"rule":${known(event.rule)}` +
    `,"policy":${known(event.policy)},"key":${known(event.key)},"tenant":${known(event.tenant)}` +
    `,"class":${known(event.class)},"labels":${words(event.labels)}` +
    `,"status":${event.status},"code":${known(event.code)},"outcome":"${event.outcome}"` +
    `,"plan_ms":${ms(phases.planMs)},"headers_ms":${ms(phases.headersMs)}` +
    `,"first_content_ms":${ms(phases.firstContentMs)},"total_ms":${ms(phases.totalMs)}` +
    `,"tokens":${tokens(event.usage)},"cost_usd":${figure(event.costUsd)}` +
    `,"finish":${known(event.finish === null ? null : event.finish.unified)},"attempts":${attempts(event.attempts)}` +
    `${event.proof == null ? '' : `,"proof":${known(event.proof)}`}` +
    `,"losses":${words(event.losses)},"splices":${words(event.splices)}` +
    `,"bytes_in":${event.bytesIn},"bytes_out":${event.bytesOut}}\n`
  );
}

function breakerLine(head: string, event: BreakerRecord): string {
  return `${head},"backend":${known(event.backend)},"from":"${event.from}","to":"${event.to}"}\n`;
}

function artifactLine(head: string, { artifact, isVerified, rule, message }: ArtifactRecord): string {
  const text = JSON.stringify(plainText(message, MAX_MESSAGE));
  return `${head},"artifact":${known(artifact)},"verified":${isVerified},"rule":${known(rule)},"message":${text}}\n`;
}

/** The record as it is: it must say the same when it is read back, so nothing in it is shortened. */
function decisionLine(head: string, { record }: DecisionRecord): string {
  return `${head},${JSON.stringify(record).slice(1)}\n`;
}

function noticeLine(head: string, { name, message }: NoticeRecord): string {
  return `${head},"name":${known(name)},"message":${JSON.stringify(plainText(message, MAX_MESSAGE))}}\n`;
}

function tokens(usage: Usage | null): string {
  if (usage === null) return 'null';
  return (
    `{"input":${figure(usage.inputTokens)},"cached_input":${figure(usage.cachedInputTokens)}` +
    `,"cache_write":${figure(usage.cacheWriteTokens)},"output":${figure(usage.outputTokens)}` +
    `,"reasoning":${figure(usage.reasoningTokens)}}`
  );
}

function attempts(list: readonly AttemptRecord[]): string {
  let text = '[';
  for (const attempt of list) {
    text +=
      `${text === '[' ? '' : ','}{"backend":${known(attempt.backend)},"provider":${known(attempt.provider)}` +
      `,"status":${figure(attempt.status)},"code":${known(attempt.code)},"ms":${ms(attempt.durationMs)}}`;
  }
  return `${text}]`;
}

function words(list: readonly string[]): string {
  if (list.length === 0) return '[]';
  return `[${list.map(known).join(',')}]`;
}

/** A number in JSON; what is not a finite number is `null`. */
function figure(value: number | null): string {
  return value !== null && Number.isFinite(value) ? `${value}` : 'null';
}

function ms(value: number | null): string {
  return value === null ? 'null' : figure(Math.round(value * 100) / 100);
}

const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]{0,256}$/;

function quote(text: string): string {
  return NEEDS_NO_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(plainText(text));
}

function quoteOrNull(text: string | null): string {
  return text === null ? 'null' : quote(text);
}

/** Quoted words that come again and again: ids, names, codes. Bounded: forgotten all at once when full. */
const quoted = new Map<string, string>();
const MAX_QUOTED = 1024;

function known(text: string | null): string {
  if (text === null) return 'null';
  let found = quoted.get(text);
  if (found === undefined) {
    if (text.length > 256) return quote(text);
    if (quoted.size >= MAX_QUOTED) quoted.clear();
    found = quote(text);
    quoted.set(text, found);
  }
  return found;
}

let second = Number.NaN;
let secondText = '';

/** ISO 8601 with milliseconds; the part down to the second is kept from line to line. */
function timeOf(at: number): string {
  const whole = Math.floor(at / 1000);
  if (whole !== second) {
    secondText = new Date(whole * 1000).toISOString().slice(0, 20);
    second = whole;
  }
  const rest = Math.floor(at - whole * 1000);
  return `${secondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
