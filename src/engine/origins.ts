/** Where sealed reasoning comes from: marked on answers, remembered where their bytes pass untouched, looked up in requests. */
import type { ChatRequest, ChatResponse, Part } from '../core/chat.ts';
import type { ChatEvent } from '../core/events.ts';
import type { SealedHint } from '../core/policy.ts';
import type { ChatProtocol, FieldScan } from '../core/protocol.ts';
import { openSealedReasoning, SEAL_PREFIX } from '../core/sealed-reasoning.ts';

/** How many seals are remembered. */
const CAPACITY = 16_384;

/**
 * Remembers where the seals in passing answers were made, by a hash of each: the oldest is forgotten first. It only guides: a wrong or a
 * lost entry costs a refusal by the vendor, who checks its own seals.
 */
export class OriginMemory {
  readonly #origins = new Map<number, string>();
  readonly #capacity: number;

  /** @param capacity seals */
  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity;
  }

  /** The seal was made at `origin`. */
  remember(seal: string, origin: string): void {
    const key = hashOf(seal);
    this.#origins.delete(key);
    if (this.#origins.size >= this.#capacity) {
      for (const oldest of this.#origins.keys()) {
        this.#origins.delete(oldest);
        break;
      }
    }
    this.#origins.set(key, origin);
  }

  /** Where a seal was made: it says so itself, or it is remembered; null = not known. */
  find(seal: string): string | null {
    if (seal.startsWith(SEAL_PREFIX)) return openSealedReasoning(seal)?.origin ?? null;
    return this.#origins.get(hashOf(seal)) ?? null;
  }

  /** What policy is told of the request's sealed reasoning; null = there is none. */
  hint(protocol: ChatProtocol, scan: FieldScan): SealedHint | null {
    const seal = protocol.lastSeal(scan);
    return seal === null ? null : { origin: this.find(seal) };
  }

  /** The request with every seal's origin, as far as it is known. */
  bind(request: ChatRequest): ChatRequest {
    if (!request.messages.some(({ parts }) => parts.some(isUnbound))) return request;
    const messages = request.messages.map((message) =>
      message.parts.some(isUnbound) ? { ...message, parts: message.parts.map((part) => this.#bound(part)) } : message,
    );
    return { ...request, messages };
  }

  #bound(part: Part): Part {
    if (part.type !== 'reasoning' || !isUnbound(part)) return part;
    const origin = this.find(part.signature ?? part.opaque ?? '');
    return origin === null ? part : { ...part, origin };
  }
}

function isUnbound(part: Part): boolean {
  if (part.type !== 'reasoning' || part.origin !== undefined) return false;
  return part.signature !== undefined || part.opaque !== undefined;
}

/** The event with the origin of what it seals. */
export function markEvent(event: ChatEvent, origin: string | undefined): ChatEvent {
  if (event.type !== 'part-end' || origin === undefined || event.origin !== undefined) return event;
  return event.signature === undefined && event.opaque === undefined ? event : { ...event, origin };
}

/** The answer with the origin of what it seals. */
export function markAnswer(response: ChatResponse, origin: string | undefined): ChatResponse {
  if (origin === undefined || !response.choices.some(({ parts }) => parts.some(isUnbound))) return response;
  const choices = response.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.map((part) => (isUnbound(part) ? { ...part, origin } : part)),
  }));
  return { ...response, choices };
}

/** The last seal in an answer as its vendor made it; null = there is none. */
export function lastSealOf({ choices }: ChatResponse): string | null {
  const parts = choices[0]?.parts ?? [];
  const last = parts.findLast((part) => part.type === 'reasoning' && (part.signature ?? part.opaque) !== undefined);
  return last?.type === 'reasoning' ? (last.signature ?? last.opaque ?? null) : null;
}

/** 53 bits of two FNV-1a hashes over the last characters: seals begin alike and end in chance. */
function hashOf(seal: string): number {
  let high = 0x811c9dc5;
  let low = 0x2c1b3c6d;
  for (let i = Math.max(0, seal.length - 64); i < seal.length; i++) {
    const unit = seal.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
  }
  return (high >>> 0) * 0x200000 + ((low >>> 0) & 0x1fffff) + seal.length;
}
