/** Numbers the frames of one stream. */
import type { JsonObject } from '../../core/json.ts';
import type { Frame } from '../../core/protocol.ts';

/** The frames of one stream in their order. */
export class FrameSequence {
  /** Number of the next frame. */
  next = 0;

  /** One frame. */
  emit(type: string, fields: JsonObject, out: Frame[]): void {
    out.push({ event: type, data: JSON.stringify({ type, sequence_number: this.next++, ...fields }) });
  }

  /** One frame among many that differ in their text alone: `tail` is JSON text that follows the number. */
  emitDelta(type: string, tail: string, delta: string, out: Frame[]): void {
    const data = `{"type":"${type}","sequence_number":${this.next++}${tail},"delta":${JSON.stringify(delta)}}`;
    out.push({ event: type, data });
  }
}
