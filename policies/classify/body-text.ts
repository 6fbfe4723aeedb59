/** Reads every text out of a request body: each string of the JSON, keys and repeated keys included, and text behind base64. */
import { isBase64, textOfBase64, textOfDataUrl } from './blob.ts';
import { plainText, unescapedText } from './clean-text.ts';
import { isFieldName, type Place } from './field-names.ts';

/** A text and where it stands. */
export interface PlacedText {
  readonly place: Place;
  readonly text: string;
}

/** What a body holds. */
export interface BodyText {
  readonly texts: readonly PlacedText[];
  /** What could not be read: pictures, sound, files, or something that is only named. */
  readonly unreadable: readonly Place[];
  /** True when media was found and read. */
  readonly readMedia: boolean;
}

/** Fields whose base64 is the content of a file, and fields that only name where content is. */
const BLOBS: ReadonlySet<string> = new Set(['data', 'file_data', 'b64_json', 'bytes']);
const REMOTES: ReadonlySet<string> = new Set(['file_id', 'file_url', 'image_url']);
const HOLDERS: ReadonlySet<string> = new Set(['image_url', 'source', 'file', 'video_url', 'input_audio']);
/** Blocks that a model sealed for itself: no content that the conversation does not have. */
const SEALED: ReadonlySet<string> = new Set(['redacted_thinking', 'reasoning', 'compaction']);

/** The shortest number that can identify somebody, characters. */
const NUMBER_LENGTH = 8;

interface Frame {
  readonly parent: Frame | null;
  readonly place: Place | null;
  readonly isArray: boolean;
  index: number;
  key: string;
  type: string;
  /** Unread content of this object, until its type is known. */
  blob: Place | null;
}

/** Reads a body. @param json one valid JSON object */
export function readBodyText(json: string): BodyText {
  return new BodyReader(json).read();
}

class BodyReader {
  readonly #json: string;
  readonly #texts: PlacedText[] = [];
  readonly #unreadable: Place[] = [];
  #readMedia = false;
  #at = 0;
  /** The next quote and the next backslash that are known; -1 = to be looked for. */
  #quote = -1;
  #backslash = -1;
  #frame: Frame | null = null;

  constructor(json: string) {
    this.#json = json;
  }

  read(): BodyText {
    const json = this.#json;
    let isKey = false;
    for (; this.#at < json.length; this.#at++) {
      const code = json.charCodeAt(this.#at);
      if (code === 34) {
        const text = this.#string();
        if (isKey) this.#named(text);
        else this.#value(text);
        isKey = false;
      } else if (code === 123 || code === 91) {
        this.#open(code === 91);
        isKey = code === 123;
      } else if (code === 125 || code === 93) this.#close();
      else if (code === 44) {
        const frame = this.#frame!;
        if (frame.isArray) frame.index++;
        else isKey = true;
      } else if (code === 45 || (code >= 48 && code <= 57)) this.#number();
    }
    return { texts: this.#texts, unreadable: this.#unreadable, readMedia: this.#readMedia };
  }

  #open(isArray: boolean): void {
    const parent = this.#frame;
    const place = parent === null ? null : placeIn(parent);
    this.#frame = { parent, place, isArray, index: 0, key: '', type: '', blob: null };
  }

  #close(): void {
    const { blob, type, parent } = this.#frame!;
    if (blob !== null && !SEALED.has(type)) this.#unreadable.push(blob);
    this.#frame = parent;
  }

  #named(name: string): void {
    const frame = this.#frame!;
    frame.key = name;
    if (!isFieldName(name)) this.#add(placeIn(frame), name);
  }

  /** Moves to the closing quote. Quotes and backslashes are each searched for once. */
  #string(): string {
    const json = this.#json;
    const start = this.#at + 1;
    let at = start;
    let isEscaped = false;
    for (;;) {
      if (this.#quote < at) this.#quote = json.indexOf('"', at);
      if (this.#backslash < at && this.#backslash !== json.length) {
        this.#backslash = json.indexOf('\\', at);
        if (this.#backslash < 0) this.#backslash = json.length;
      }
      if (this.#quote < this.#backslash) break;
      isEscaped = true;
      at = this.#backslash + 2;
    }
    this.#at = this.#quote;
    const raw = json.slice(start, this.#quote);
    return isEscaped ? String(JSON.parse(`"${raw}"`)) : raw;
  }

  #number(): void {
    const start = this.#at;
    while (/[-+.0-9eE]/.test(this.#json[this.#at + 1] ?? '')) this.#at++;
    const frame = this.#frame!;
    if (this.#at + 1 - start < NUMBER_LENGTH || isFieldName(keyOf(frame))) return;
    this.#add(placeIn(frame), this.#json.slice(start, this.#at + 1));
  }

  #value(text: string): void {
    const frame = this.#frame!;
    const key = keyOf(frame);
    if (!frame.isArray && key === 'type') frame.type = text;
    const place = placeIn(frame);
    if (text.startsWith('data:')) return this.#decoded(textOfDataUrl(text), place);
    if (BLOBS.has(key) && isBase64(text)) {
      const read = textOfBase64(text);
      if (read === null) frame.blob = place;
      else this.#decoded(read, place);
      return;
    }
    const isHeld = key === 'url' && frame.parent !== null && HOLDERS.has(keyOf(frame.parent));
    if (isHeld || (REMOTES.has(key) && text !== '')) this.#unreadable.push(place);
    this.#add(place, text);
  }

  #decoded(text: string | null, place: Place): void {
    if (text === null) this.#unreadable.push(place);
    else {
      this.#readMedia = true;
      this.#add(place, text);
    }
  }

  #add(place: Place, text: string): void {
    const plain = plainText(text);
    this.#texts.push({ place, text: plain });
    const unescaped = unescapedText(plain);
    if (unescaped !== null) this.#texts.push({ place, text: plainText(unescaped) });
  }
}

function placeIn(frame: Frame): Place {
  return { parent: frame.place, name: frame.isArray ? frame.index : frame.key };
}

/** The nearest name: of the field, or of the list that the value stands in. */
function keyOf(frame: Frame): string {
  let at = frame;
  while (at.isArray && at.parent !== null) at = at.parent;
  return at.key;
}
