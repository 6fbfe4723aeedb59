/** Golden translations: a client's request and an upstream's answer, with what must come out on the other side. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatEvent } from '../../src/core/events.ts';
import { NO_HEADERS } from '../../src/core/headers.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import {
  plainDialect,
  type ChatProtocol,
  type Dialect,
  type Frame,
  type ReadContext,
} from '../../src/core/protocol.ts';
import { asSent } from './protocol-run.ts';

const root = join(import.meta.dirname, '../golden');

/** One case. A stream is a list of chunks; a string stands for a frame that is no JSON. */
export interface GoldenCase {
  readonly about: string;
  readonly dialect: Partial<Omit<Dialect, 'unsupported'>> & { readonly unsupported?: readonly string[] };
  readonly client: { readonly request: JsonObject; readonly answer?: JsonObject; readonly stream?: readonly Json[] };
  readonly upstream: { readonly request: JsonObject; readonly answer?: JsonObject; readonly stream?: readonly Json[] };
  /** `kind field`, sorted. */
  readonly losses: readonly string[];
}

/** The cases of `test/golden/<pair>/`. */
export function goldenCases(pair: string): readonly { readonly name: string; readonly golden: GoldenCase }[] {
  return readdirSync(join(root, pair))
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ name: file, golden: JSON.parse(readFileSync(join(root, pair, file), 'utf8')) as GoldenCase }));
}

/** Translates a case's inputs; the result has the shape of the case. */
export function translate(golden: GoldenCase, client: ChatProtocol, upstream: ChatProtocol): GoldenCase {
  const { unsupported, ...habits } = golden.dialect;
  const dialect: Dialect = { ...plainDialect(upstream.id), ...habits, unsupported: new Set(unsupported) };
  const losses = createLossLog();
  const request = client.readRequest(golden.client.request, NO_HEADERS);
  const wire = upstream.writeRequest(request, dialect, losses);
  const from: ReadContext = { dialect, names: wire.names };
  const { answer, stream } = golden.upstream;
  const out: { answer?: JsonObject; stream?: Json[] } = {};
  if (answer !== undefined) out.answer = asSent(client.writeResponse(upstream.readResponse(answer, from), losses));
  if (stream !== undefined) {
    const events: ChatEvent[] = [];
    const reader = upstream.createEventReader(from);
    for (const chunk of stream) reader.read(frameOf(chunk), events);
    reader.end(events);
    const frames: Frame[] = [];
    const writer = client.createEventWriter(request, losses);
    for (const event of events) writer.write(event, frames);
    writer.end(frames);
    out.stream = frames.map(({ data }) => (data.startsWith('{') ? (JSON.parse(data) as Json) : data));
  }
  return {
    ...golden,
    client: { ...golden.client, ...out },
    upstream: { ...golden.upstream, request: asSent(wire.body) },
    losses: losses.losses.map(({ kind, field }) => `${kind} ${field}`).toSorted(),
  };
}

function frameOf(chunk: Json): Frame {
  return { event: null, data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) };
}
