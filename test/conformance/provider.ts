/** What every row of the catalogue must hold to, by itself and in the hands of the codec. */
import { describe, expect, it } from 'vitest';
import type { ChatProtocol, Dialect } from '../../src/core/protocol.ts';
import type { Provider } from '../../src/core/provider.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { NO_HEADERS } from '../../src/core/headers.ts';
import { compileDialect } from '../../src/engine/dialect.ts';
import { steeringOf } from '../../src/wire/codec/steering.ts';

/** A row with the file it came from. */
export interface ProviderRow {
  readonly row: Provider;
  /** File name without its ending. */
  readonly file: string;
  /** The file's text. */
  readonly source: string;
}

/** A codec with what its clients may send. */
export interface ProviderProtocol {
  readonly codec: ChatProtocol;
  /** Top-level request fields of the protocol. */
  readonly fields: ReadonlySet<string>;
  /** A request body that uses every field which a vendor may refuse, rename or steer by. */
  readonly fullest: Readonly<Record<string, unknown>>;
  /** The ids of the one call in the history of `fullest` and of its result, in a written body. */
  readonly callIds: (body: Readonly<Record<string, unknown>>) => readonly unknown[];
}

/** The laws of one row. */
export function describeProvider(
  { row, file, source }: ProviderRow,
  { codec, fields, fullest, callIds }: ProviderProtocol,
): void {
  const { quirks = {}, reasoning } = row;
  const { unsupported = [], rename = {} } = quirks;

  describe(`provider ${row.id}`, () => {
    it('is a short file of its own name', () => {
      expect(row.id).toBe(file);
      expect(row.title.trim()).toBe(row.title);
      expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
      expect(Object.isFrozen(row)).toBe(true);
    });

    it('speaks a protocol that is built, at an address that is encrypted or on this machine', () => {
      expect(row.protocols[0]).toBe(codec.id);
      expect(isSafeAddress(row.baseUrl)).toBe(true);
      expect(row.kind === 'self-hosted' || !row.baseUrl?.startsWith('http:')).toBe(true);
    });

    it('cites documentation, and every other source by its address', () => {
      expect(URL.canParse(row.docs)).toBe(true);
      const cited = source.match(/https:\/\/[^\s"'`,;)]+/g) ?? [];
      expect(cited.filter((url) => !URL.canParse(url))).toEqual([]);
    });

    it('declares only what the protocol has', () => {
      expect([...unsupported, ...Object.keys(rename)].filter((field) => !fields.has(field))).toEqual([]);
      expect(unsupported).toEqual([...new Set(unsupported)].toSorted());
      expect(['model', 'messages', 'stream'].some((field) => unsupported.includes(field) || field in rename)).toBe(
        false,
      );
      for (const [from, to] of Object.entries(rename)) {
        expect(to).not.toBe(from);
        expect([...unsupported, ...Object.keys(rename)]).not.toContain(to);
        expect(unsupported).not.toContain(from);
      }
    });

    it('says consistently how reasoning travels', () => {
      expect(reasoning.output === 'field').toBe(reasoning.field !== null);
      expect(reasoning.replay === 'field' && reasoning.field === null).toBe(false);
      expect(reasoning.control === null || /^[a-z_]+$/.test(reasoning.control)).toBe(true);
      expect(reasoning.control === null || !unsupported.includes(reasoning.control)).toBe(true);
    });

    it('says of its models only what holds together', () => {
      for (const { match, quirks: own = {}, reasoning: habit = {} } of row.models ?? []) {
        expect(match.length).toBeGreaterThan(0);
        expect(match.filter((glob) => glob !== glob.toLowerCase())).toEqual([]);
        const model = match.at(-1)!.replaceAll('*', '');
        const dialect = compileDialect(row, { model, account: 'a1', id: 'here', output: null });
        expect(dialect.reasoning).toEqual({ ...reasoning, ...habit });
        expect([...dialect.unsupported].toSorted()).toEqual(
          [...new Set([...unsupported, ...(own.unsupported ?? [])])].toSorted(),
        );
        expect(dialect.reasoning.output === 'field').toBe(dialect.reasoning.field !== null);
        const { effort, words = ['low'] } = dialect.reasoning.steering ?? {};
        expect(words.length).toBeGreaterThan(0);
        expect(
          effort === undefined || dialect.reasoning.control === null || !dialect.unsupported.has(effort.split('.')[0]!),
        ).toBe(true);
      }
    });

    it('has tool call ids of a pattern that can be made', () => {
      const pattern = new RegExp(quirks.toolCallId ?? '^.+$');
      const ids = callIds(write().body);
      expect(ids).toHaveLength(2);
      expect(ids.filter((id) => typeof id !== 'string' || !pattern.test(id))).toEqual([]);
    });

    it('gets a request without what it refuses, under its own names, each loss named', () => {
      const { body, lost } = write();
      expect(unsupported.filter((field) => field in body)).toEqual([]);
      expect(Object.keys(rename).filter((field) => field in body)).toEqual([]);
      const renamed = Object.entries(rename).filter(([from]) => from in fullest);
      expect(renamed.map(([, to]) => body[to])).toEqual(renamed.map(([from]) => fullest[from]));
      const refused = unsupported.filter((field) => field in fullest && field !== 'stream_options');
      expect(refused.filter((field) => !lost.has(field))).toEqual([]);
      const steered = reasoning.control === null ? lost.has('reasoning_effort') : isSteered(body, dialectOf(row));
      expect(steered).toBe(true);
    });
  });

  function write(): { readonly body: Readonly<Record<string, unknown>>; readonly lost: ReadonlySet<string> } {
    const losses = createLossLog();
    const request = codec.readRequest(JSON.parse(JSON.stringify(fullest)), NO_HEADERS);
    const { body } = codec.writeRequest(request, dialectOf(row), losses);
    return { body, lost: new Set(losses.losses.map(({ field }) => field)) };
  }
}

/** True when the body says how hard to think in a field of the dialect. */
function isSteered(body: Readonly<Record<string, unknown>>, dialect: Dialect): boolean {
  const { effort, budget, on } = steeringOf(dialect) ?? {};
  const fields = [effort, budget, on?.[0], dialect.reasoning.control].map((path) => path?.split('.')[0] ?? '');
  return fields.some((field) => field in body);
}

function dialectOf(row: Provider): Dialect {
  return compileDialect(row, { model: 'some-model', account: 'a1', id: 'here', output: null });
}

function isSafeAddress(baseUrl: string | null): boolean {
  if (baseUrl === null) return true;
  const { protocol, hostname, search, hash, username } = new URL(baseUrl);
  if (search !== '' || hash !== '' || username !== '' || baseUrl.endsWith('/')) return false;
  return protocol === 'https:' || protocol === 'embedded:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
