/** What rooms that may not see each other are handed: the providers, the codecs, the price book. */
import type { ModelPrice } from './backend.ts';
import type { ProtocolId } from './chat.ts';
import type { ChatProtocol } from './protocol.ts';
import type { Provider } from './provider.ts';

/** Every provider row by id. */
export type Catalogue = ReadonlyMap<string, Provider>;

/** Every codec by id. */
export type Protocols = ReadonlyMap<ProtocolId, ChatProtocol>;

/** What is known of a model at a vendor. */
export interface BookEntry {
  readonly price: ModelPrice;
  /** Tokens; null = not told. */
  readonly contextTokens: number | null;
}

/** Published prices. */
export interface PriceBook {
  /** null = the book does not know this model there. */
  find(provider: string, model: string): BookEntry | null;
}
