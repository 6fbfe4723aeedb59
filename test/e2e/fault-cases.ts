/** The faults of an upstream as cases: what it does, and the one honest end that a client of the gateway must see. */
import { expect } from 'vitest';
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import type { Script } from '../faults/wire.ts';
import { completion, delta, ending } from './openai-frames.ts';

/** A fault before the commit point. */
export interface EarlyCase {
  readonly name: string;
  /** What is asked for: an event stream, or a whole answer. */
  readonly stream: boolean;
  readonly script: Script;
  /** What a client sees when there is no other backend. */
  readonly status: number;
  readonly code: string;
}

/** A fault after the first content of a stream; the code is told in the log. */
export interface LateCase {
  readonly name: string;
  readonly script: Script;
  readonly code: string;
}

/** The frames of a stream up to its first content. */
export const BEGUN = [delta({ role: 'assistant', content: '' }), delta({ content: 'The ' })];
const ANSWER = JSON.stringify(completion());
const ERROR_FRAME = 'data: {"error":{"message":"The server is overloaded","type":"server_error","code":503}}\n\n';

const MALFORMED = 'data: {"choices": [{"delta": \n\n';

/** Content, and a moment later something else: within one packet nothing would have been sent yet, and the next backend be tried. */
const later =
  (...frames: readonly string[]): Script =>
  async (wire) => {
    await answers.beginStream(wire);
    await answers.sendFrames(wire, BEGUN);
    await wire.wait(40);
    await answers.sendFrames(wire, frames);
    await wire.send(answers.LAST_CHUNK);
  };

/** Short limits, ms, so that stalls are found in tests of a second. */
export const TIMEOUTS = { connect: 250, headers: 250, first_byte: 250, idle: 250, total: 5_000 };
/** Caps that the answers without end go beyond, bytes. */
export const LIMITS = { body: 4_194_304, answer: 262_144, event: 65_536 };

const EARLY_FAULTS: Readonly<Record<string, Omit<EarlyCase, 'name' | 'stream'> & { on?: 'json' | 'stream' }>> = {
  'reset before headers': { script: faults.resetBeforeHeaders(), status: 502, code: 'upstream-reset' },
  'FIN before headers': { script: faults.finBeforeHeaders(), status: 502, code: 'upstream-reset' },
  'no answer at all': { script: faults.silence(), status: 504, code: 'upstream-timeout' },
  'headers and no byte': { script: faults.headersThenNothing(), status: 504, code: 'upstream-timeout', on: 'stream' },
  'headers and a reset': {
    script: faults.headersThenReset(),
    status: 502,
    code: 'upstream-disconnected',
    on: 'stream',
  },
  'an HTML page': { script: faults.html(), status: 502, code: 'upstream-content-type' },
  'an empty 200': { script: faults.empty200(), status: 502, code: 'upstream-truncated', on: 'json' },
  'FIN inside JSON': { script: faults.finMidJson(ANSWER, 40), status: 502, code: 'upstream-disconnected', on: 'json' },
  'cut JSON': { script: faults.truncatedJson(ANSWER, 40), status: 502, code: 'upstream-truncated', on: 'json' },
  'a stall inside JSON': { script: faults.stallMidJson(ANSWER, 40), status: 504, code: 'upstream-stalled', on: 'json' },
  'JSON without end': { script: faults.oversizeJson(1_000_000), status: 502, code: 'upstream-too-large', on: 'json' },
  'an event without end': {
    script: faults.oversizeEvent(1_000_000),
    status: 502,
    code: 'upstream-too-large',
    on: 'stream',
  },
  'an error as first event': {
    script: faults.errorFirst(ERROR_FRAME),
    status: 503,
    code: 'upstream-overloaded',
    on: 'stream',
  },
  'a prologue and a clean end': {
    script: faults.endWithoutMarker([BEGUN[0]!]),
    status: 502,
    code: 'upstream-truncated',
    on: 'stream',
  },
  'a redirect': { script: faults.redirect307('http://127.0.0.1:1/steal'), status: 502, code: 'upstream-redirect' },
  'status 401': { script: faults.unauthorized401(), status: 502, code: 'upstream-auth' },
  'status 403': { script: faults.forbidden403(), status: 502, code: 'upstream-auth' },
  'status 429': { script: faults.rateLimited429(), status: 429, code: 'upstream-rate-limited' },
  'status 429 with retry-after': { script: faults.rateLimited429('3'), status: 429, code: 'upstream-rate-limited' },
  'status 500': { script: faults.failed500(), status: 502, code: 'upstream-error' },
  'status 503': { script: faults.unavailable503(), status: 503, code: 'upstream-overloaded' },
  'status 529': { script: faults.overloaded529(), status: 503, code: 'upstream-overloaded' },
  'a gzip answer': { script: faults.gzipAnswer(completion()), status: 502, code: 'upstream-malformed' },
  'what is not HTTP': { script: faults.notHttp(), status: 502, code: 'upstream-malformed' },
};

const LATE_FAULTS: Readonly<Record<string, Omit<LateCase, 'name'>>> = {
  'a stall': { script: faults.stallMidStream(BEGUN), code: 'upstream-stalled' },
  'FIN inside an event': {
    script: faults.finMidEvent([...BEGUN, delta({ content: 'weg' })], 30),
    code: 'upstream-disconnected',
  },
  'RST inside an event': {
    script: faults.rstMidEvent([...BEGUN, delta({ content: 'weg' })], 30),
    code: 'upstream-disconnected',
  },
  'a clean end without the marker': { script: faults.endWithoutMarker(BEGUN), code: 'upstream-truncated' },
  'a stream that only FIN ends': { script: faults.streamUntilFin(BEGUN), code: 'upstream-truncated' },
  'a malformed event': { script: later(MALFORMED, ...ending('stop')), code: 'upstream-malformed' },
  'an error event': { script: later(ERROR_FRAME), code: 'upstream-overloaded' },
};

/** Every early fault with every kind of request that it applies to. */
export const EARLY: readonly EarlyCase[] = Object.entries(EARLY_FAULTS).flatMap(([name, { on, ...fault }]) =>
  [false, true]
    .filter((stream) => on === undefined || (on === 'stream') === stream)
    .map((stream) => ({ name, stream, ...fault })),
);

/** Every late fault. */
export const LATE: readonly LateCase[] = Object.entries(LATE_FAULTS).map(([name, fault]) => ({ name, ...fault }));

/** An error of the API that names its code and nothing that is secret. */
export async function expectHonestError(response: Response, status: number, code: string): Promise<void> {
  const text = await response.text();
  expect([response.status, response.headers.get('x-thalweg-code')]).toEqual([status, code]);
  expect(JSON.parse(text)).toHaveProperty('error.message');
  expect(text + JSON.stringify([...response.headers])).not.toMatch(/sk-canary|127\.0\.0\.1|set-cookie/);
}

/** A stream with what came before the fault, one error event and nothing after it. */
export async function expectHonestBreak(response: Response): Promise<void> {
  const events = eventsOf(await response.text());
  expect(response.status).toBe(200);
  expect(events).not.toContain('[DONE]');
  const errors = events.filter((event) => 'error' in (JSON.parse(event) as object));
  expect(errors).toHaveLength(1);
  expect(events.at(-1)).toBe(errors[0]);
  expect(events.join('')).toContain('The ');
}

/** The data of the events of a stream. */
export function eventsOf(text: string): string[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1]!);
}
