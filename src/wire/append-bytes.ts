/** Collects pieces of bytes; pieces that lie side by side stay one. */

/** Appends `piece`: to the last one of `out` where it is the next bytes of the same memory, so that writing both costs one write and no copy. */
export function appendBytes(out: Uint8Array[], piece: Uint8Array): void {
  const last = out[out.length - 1];
  if (last === undefined || last.buffer !== piece.buffer || last.byteOffset + last.length !== piece.byteOffset) {
    out.push(piece);
  } else {
    out[out.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + piece.length);
  }
}
