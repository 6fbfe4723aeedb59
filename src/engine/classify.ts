/** Between resolve and plan: class and labels of a request, never below those of earlier turns of its conversation. */
import { Capability } from '../core/backend.ts';
import type { DataClass, DataFacts } from '../core/data-class.ts';
import type { Digest } from '../core/digest.ts';
import type { ClassifyStage } from '../core/policy.ts';
import type { KeyValue } from '../core/stores.ts';
import { decodeUtf8 } from '../wire/utf8.ts';
import { conversationsOf, type ConversationId } from './conversation.ts';
import type { Exchange } from './exchange.ts';
import { stateFacts } from './plan.ts';

const MEDIA = Capability.images | Capability.audioIn | Capability.files;
const DAY_MS = 86_400_000;
/** A conversation is forgotten after a day, one that the upstream keeps as late as it is kept there. */
const MEMORY_MS = DAY_MS;
const KEPT_MEMORY_MS = 30 * DAY_MS;

/** What the ratchet needs from outside. */
export interface ClassifyPorts {
  readonly digest: Digest;
  readonly store: KeyValue;
}

type Earlier = Pick<DataFacts, 'class' | 'labels'>;

/** Fills `exchange.data`; null = done at once. */
export function classify(exchange: Exchange, stage: ClassifyStage, ports: ClassifyPorts): Promise<void> | null {
  const media = (exchange.outline!.needs & MEDIA) !== 0;
  exchange.data = stage.classify(stateFacts(exchange), () => textOf(exchange), media);
  const conversations = conversationsOf(exchange);
  return conversations.length === 0 ? null : ratchet(exchange, stage, conversations, ports);
}

/** An answer that the upstream keeps under `id` is of the class of its request. */
export function noteClass(exchange: Exchange, id: string | null, ports: ClassifyPorts): void {
  if (id === null) return;
  const noted = remember(exchange, { id: `kept ${id}`, isKept: true }, ports);
  // unknown later is treated as the highest class: nothing to say now
  noted.catch(() => undefined);
}

function textOf({ scan }: Exchange): string {
  return scan === null ? '{}' : decodeUtf8(scan.body);
}

async function ratchet(
  exchange: Exchange,
  stage: ClassifyStage,
  conversations: readonly ConversationId[],
  ports: ClassifyPorts,
): Promise<void> {
  for (const conversation of conversations) {
    try {
      const earlier = readEarlier(await ports.store.get(await keyOf(exchange, conversation, ports)));
      if (earlier !== null || conversation.isKept) exchange.data = stage.raise(exchange.data, earlier);
    } catch {
      // a store that does not answer knows of everything
      exchange.data = stage.raise(exchange.data, null);
    }
  }
  for (const conversation of conversations) await remember(exchange, conversation, ports).catch(() => undefined);
}

async function remember(exchange: Exchange, conversation: ConversationId, ports: ClassifyPorts): Promise<void> {
  const key = await keyOf(exchange, conversation, ports);
  const value = new TextEncoder().encode(`${exchange.data.class} ${exchange.data.labels.join(' ')}`);
  await ports.store.put(key, value, conversation.isKept ? KEPT_MEMORY_MS : MEMORY_MS);
}

/** Conversations of different callers never meet. */
async function keyOf(exchange: Exchange, { id }: ConversationId, { digest }: ClassifyPorts): Promise<string> {
  return `class:${await digest.sha256(JSON.stringify([exchange.caller?.id ?? null, id]))}`;
}

/** null = nothing is known; what cannot be read is the highest class. */
function readEarlier(bytes: Uint8Array | null): Earlier | null {
  if (bytes === null) return null;
  const [rank = '', ...labels] = decodeUtf8(bytes).split(' ');
  const known = ['0', '1', '2', '3'].indexOf(rank);
  return { class: (known < 0 ? 3 : known) as DataClass, labels: labels.filter((label) => label !== '') };
}
