/** HTTP headers as the gateway reads and writes them, without Web `Headers` objects on the request path. */

/** Read access to received headers. Names are looked up in lower case. */
export interface HeaderView {
  /** The value of a header, several values joined by `, `; null when absent. `name` must be lower case. */
  get(name: string): string | null;
  /** Calls `each` once per received header, names in lower case. */
  forEach(each: (name: string, value: string) => void): void;
}

/** Headers to write, flat: name, value, name, value… node:http and undici take this form as it is. */
export type HeaderList = readonly string[];

/** A view over a flat list; later duplicates are joined. For tests, stored answers and the Web runtime. */
export function viewOf(list: HeaderList): HeaderView {
  const values = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    const before = values.get(name);
    values.set(name, before === undefined ? list[i + 1]! : `${before}, ${list[i + 1]!}`);
  }
  return {
    get: (name) => values.get(name) ?? null,
    forEach: (each) => values.forEach((value, name) => each(name, value)),
  };
}

/** A view over a plain record with lower-case names. */
export function viewOfRecord(record: HeaderRecord): HeaderView {
  return new RecordView(record);
}

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A class and not a pair of closures: two are made per request. */
class RecordView implements HeaderView {
  readonly #record: HeaderRecord;

  constructor(record: HeaderRecord) {
    this.#record = record;
  }

  get(name: string): string | null {
    const value = this.#record[name];
    return value === undefined ? null : joined(value);
  }

  forEach(each: (name: string, value: string) => void): void {
    for (const name in this.#record) {
      const value = this.#record[name];
      if (value !== undefined) each(name, joined(value));
    }
  }
}

function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ');
}

/** No headers at all. */
export const NO_HEADERS: HeaderView = viewOf([]);

/** A view over Web headers, for the runtimes that have nothing else. */
export function viewOfWeb(headers: Headers): HeaderView {
  return { get: (name) => headers.get(name), forEach: (each) => headers.forEach((value, name) => each(name, value)) };
}
