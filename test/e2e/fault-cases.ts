/** The faults of an upstream of one language as cases: what it does, and the one honest end that a client of the gateway must see. */
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import type { PhaseConfig } from '../../src/core/config.ts';
import type { Script } from '../faults/wire.ts';
import { overloaded529, type FaultLanguage } from './fault-languages.ts';

/** A fault before the commit point. */
export interface EarlyCase {
  readonly name: string;
  /** What is asked for: an event stream, or a whole answer. */
  readonly stream: boolean;
  readonly script: Script;
  /** What a client sees when there is no other backend. */
  readonly status: number;
  readonly code: string;
  /** True where the upstream says 529, which clients of Messages hear as such. */
  readonly is529: boolean;
  /** Seconds that the client is told to wait; null = not judged. */
  readonly retryAfter: string | null;
  /** False where another backend would refuse it too. */
  readonly movesOn: boolean;
  readonly silence: Silence;
}

/** A fault after the first content of a stream; the code is told in the log. */
export interface LateCase {
  readonly name: string;
  readonly script: Script;
  readonly code: string;
  readonly silence: Silence;
  /** What of the answer had been said before. */
  readonly said: string;
  /** Input tokens that had been told before; null = none. */
  readonly input: number | null;
}

/** The phase in which an upstream falls silent; null = it does not. */
export type Silence = keyof typeof SILENCES | null;

/** Limits of the backends that fall silent, ms: of the one phase alone, because a busy machine is slow in all of them. */
const SILENCES = { headers: { headers: 300 }, first_byte: { first_byte: 300 }, idle: { idle: 600 } } as const;
/** The limits of all others. */
const PATIENCE = { connect: 10_000, headers: 10_000, first_byte: 10_000, idle: 10_000, total: 12_000 };

/** The limits of a backend, ms. */
export function timeoutsOf(silence: Silence): PhaseConfig {
  return silence === null ? PATIENCE : { ...PATIENCE, ...SILENCES[silence] };
}
/** Caps that the answers without end go beyond, bytes. */
export const LIMITS = { body: 4_194_304, answer: 262_144, event: 65_536 };

/** The frames of a stream up to its first content. */
export function begunOf(language: FaultLanguage): readonly string[] {
  return language.stream.slice(0, language.prologue + 1);
}

type Fault = Pick<EarlyCase, 'script' | 'status' | 'code'> &
  Partial<EarlyCase> & { readonly on?: 'json' | 'stream' | undefined };

/** Every early fault with every kind of request that it applies to. */
export function earlyFaults(language: FaultLanguage): readonly EarlyCase[] {
  const found = { ...connectionFaults(language), ...answerFaults(language), ...statedFaults(language) };
  return Object.entries(found).flatMap(([name, { on, ...fault }]) =>
    [false, true]
      .filter((stream) => on === undefined || (on === 'stream') === stream)
      .map((stream) => ({ name, stream, is529: false, retryAfter: null, movesOn: true, silence: null, ...fault })),
  );
}

/** Nothing of an answer, or not all of it. */
function connectionFaults({ whole }: FaultLanguage): Readonly<Record<string, Fault>> {
  const text = JSON.stringify(whole);
  const lost = { status: 502, code: 'upstream-disconnected' };
  return {
    'reset before headers': { script: faults.resetBeforeHeaders(), status: 502, code: 'upstream-reset' },
    'FIN before headers': { script: faults.finBeforeHeaders(), status: 502, code: 'upstream-reset' },
    'no answer at all': { script: faults.silence(), status: 504, code: 'upstream-timeout', silence: 'headers' },
    'headers and no byte': {
      script: faults.headersThenNothing(),
      status: 504,
      code: 'upstream-timeout',
      on: 'stream',
      silence: 'first_byte',
    },
    'headers and a reset': { script: faults.headersThenReset(), ...lost, on: 'stream' },
    'FIN inside JSON': { script: faults.finMidJson(text, 40), ...lost, on: 'json' },
    'a stall inside JSON': {
      script: faults.stallMidJson(text, 40),
      status: 504,
      code: 'upstream-stalled',
      on: 'json',
      silence: 'idle',
    },
    'what is not HTTP': { script: faults.notHttp(), status: 502, code: 'upstream-malformed' },
  };
}

/** A good status, and what follows is no answer. */
function answerFaults({ whole, stream, prologue }: FaultLanguage): Readonly<Record<string, Fault>> {
  const cut = { status: 502, code: 'upstream-truncated' };
  const large = { status: 502, code: 'upstream-too-large' };
  return {
    'an HTML page': { script: faults.html(), status: 502, code: 'upstream-content-type' },
    'an empty 200': { script: faults.empty200(), ...cut, on: 'json' },
    'cut JSON': { script: faults.truncatedJson(JSON.stringify(whole), 40), ...cut, on: 'json' },
    'JSON of another language': {
      script: answers.json({ ok: 1 }),
      status: 502,
      code: 'upstream-malformed',
      on: 'json',
    },
    'JSON without end': { script: faults.oversizeJson(1_000_000), ...large, on: 'json' },
    'an event without end': { script: faults.oversizeEvent(1_000_000), ...large, on: 'stream' },
    'an empty stream': { script: faults.endWithoutMarker([]), ...cut, on: 'stream' },
    'a prologue and a clean end': {
      script: faults.endWithoutMarker(stream.slice(0, prologue)),
      ...cut,
      on: 'stream',
    },
    'a gzip answer': { script: faults.gzipAnswer(whole), status: 502, code: 'upstream-malformed' },
  };
}

/** What the upstream says itself: with a status, or inside a stream with status 200. */
function statedFaults(language: FaultLanguage): Readonly<Record<string, Fault>> {
  const { overloaded, limited, tooLong, tooLongInStream } = language;
  const prologue = language.stream.slice(0, language.prologue);
  const auth = { status: 502, code: 'upstream-auth' };
  const rate = { status: 429, code: 'upstream-rate-limited' };
  const busy = { status: 503, code: 'upstream-overloaded' };
  const long = { status: 400, code: 'context-length-exceeded', movesOn: false };
  const inBand = { ...busy, is529: language.id === 'anthropic-messages', on: 'stream' } as const;
  return {
    'a redirect': { script: faults.redirect307('http://127.0.0.1:1/steal'), status: 502, code: 'upstream-redirect' },
    'status 401': { script: language.error(401), ...auth },
    'status 403': { script: language.error(403), ...auth },
    'status 429': { script: language.error(429), ...rate },
    'status 429 with retry-after': {
      script: language.error(429, { headers: ['retry-after: 3'] }),
      ...rate,
      retryAfter: '3',
    },
    'status 500': { script: language.error(500), status: 502, code: 'upstream-error' },
    'status 503': { script: language.error(503), ...busy },
    'status 529': { script: overloaded529(), ...busy, is529: true },
    'an error as first event': { script: faults.errorFirst(overloaded.join('')), ...inBand },
    'a prologue and an error': { script: faults.endWithoutMarker([...prologue, ...overloaded]), ...inBand },
    ...(limited === null
      ? {}
      : {
          'a prologue and a rate limit': {
            script: faults.endWithoutMarker([...prologue, ...limited]),
            ...rate,
            retryAfter: '12',
            on: 'stream',
          } as const,
        }),
    'a prompt too long': { script: tooLong, ...long },
    'a prompt too long, told in the stream': {
      script: faults.endWithoutMarker([...prologue, ...tooLongInStream]),
      ...long,
      on: 'stream',
    },
  };
}

/** Input tokens that a stream tells before its first content: Messages alone counts them in its first event. */
export function toldAtStart({ id }: FaultLanguage): number | null {
  return id === 'anthropic-messages' ? 9 : null;
}

/** Every late fault. */
export function lateFaults(language: FaultLanguage): readonly LateCase[] {
  const begun = begunOf(language);
  const more = language.stream.slice(begun.length);
  const ended = language.stream.slice(0, -1);
  const input = language.id === 'openai-responses' ? null : 9;
  const halfCall = language.toolStream.findIndex((frame) => frame.includes('{\\"ci'));
  const found: Readonly<Record<string, Pick<LateCase, 'script' | 'code'> & Partial<LateCase>>> = {
    'a stall': { script: faults.stallMidStream(begun), code: 'upstream-stalled', silence: 'idle' },
    'FIN inside an event': {
      script: faults.finMidEvent([...begun, more[0]!], 30),
      code: 'upstream-disconnected',
    },
    'RST inside an event': {
      script: faults.rstMidEvent([...begun, more[0]!], 30),
      code: 'upstream-disconnected',
    },
    'a clean end without the marker': { script: faults.endWithoutMarker(begun), code: 'upstream-truncated' },
    'a stream that only FIN ends': { script: faults.streamUntilFin(begun), code: 'upstream-truncated' },
    'FIN inside the terminal event': {
      script: faults.finMidEvent(language.stream, language.stream.at(-1)!.length - 3),
      code: 'upstream-disconnected',
      input,
    },
    'everything but the marker, and FIN': {
      script: faults.finMidEvent(ended, Infinity),
      code: 'upstream-disconnected',
      input,
    },
    'a clean end, and everything but the marker': {
      script: faults.endWithoutMarker(ended),
      code: 'upstream-truncated',
      input,
    },
    'FIN inside the arguments of a call': {
      script: faults.finMidEvent(language.toolStream.slice(0, halfCall + 1), Infinity),
      code: 'upstream-disconnected',
      said: 'weather',
    },
    'a clean end inside the arguments of a call': {
      script: faults.endWithoutMarker(language.toolStream.slice(0, halfCall + 1)),
      code: 'upstream-truncated',
      said: 'weather',
    },
    'a malformed event': { script: later(begun, language.malformed, ...more), code: 'upstream-malformed' },
    'an event without end': { script: later(begun, 'data: ', 'x'.repeat(100_000)), code: 'upstream-too-large' },
    'an error event': { script: later(begun, ...language.overloaded), code: 'upstream-overloaded' },
    'an error event, and the rest': {
      script: later(begun, ...language.overloaded, ...more),
      code: 'upstream-overloaded',
    },
  };
  return Object.entries(found).map(([name, fault]) => ({
    name,
    silence: null,
    said: 'The ',
    input: toldAtStart(language),
    ...fault,
  }));
}

/** Content, and a moment later something else: within one packet nothing would have been sent yet, and the next backend be tried. */
function later(begun: readonly string[], ...frames: readonly string[]): Script {
  return async (wire) => {
    await answers.beginStream(wire);
    await answers.sendFrames(wire, begun);
    await wire.wait(40);
    await answers.sendFrames(wire, frames);
    await wire.send(answers.LAST_CHUNK);
  };
}

/** A complete stream, and more of it without end. */
export function chatterAfterEnd(language: FaultLanguage): Script {
  return async (wire) => {
    await answers.beginStream(wire);
    await answers.sendFrames(wire, language.stream);
    const more = answers.chunk(language.stream.join('').repeat(20));
    while (!wire.isClosed) await wire.send(more);
  };
}
