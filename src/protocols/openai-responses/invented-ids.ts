/** Ids of items and answers that other languages do not have: made from the answer's own id, so that they are the same each time. */

const INVENTED = /^[a-z]+_tw[A-Za-z0-9]*(_\d+)?$/;

/** An id for output item `index` of an answer. `prefix` is the vendor's for this kind of item: `msg`, `fc`, `ctc`, `rs`. */
export function inventItemId(prefix: string, answerId: string, index: number): string {
  return `${prefix}_tw${answerId.replace(/[^A-Za-z0-9]/g, '').slice(-16)}_${index}`;
}

/** An id for an answer that came without one. `createdAtMs` null = not told. */
export function inventAnswerId(createdAtMs: number | null): string {
  return `resp_tw${createdAtMs ?? 0}`;
}

/** True for ids of ours: no vendor has stored anything under them, so that none is ever told. */
export function isInvented(id: string): boolean {
  return INVENTED.test(id);
}
