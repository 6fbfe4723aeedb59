/** Images and documents, both ways. */
import type { MediaPart, MediaSource } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { isEmpty, sendable, unknownFields } from '../../wire/codec/extra.ts';
import { requireObject, requireText } from '../../wire/codec/field.ts';
import { carry, ownBag } from './extra.ts';

const KNOWN = new Set(['type', 'source']);
const KNOWN_SOURCE: Readonly<Record<string, ReadonlySet<string>>> = {
  base64: new Set(['type', 'media_type', 'data']),
  text: new Set(['type', 'media_type', 'data']),
  url: new Set(['type', 'url']),
};

/**
 * Reads an `image` or `document` block; null when only this language has its source (a file id, which
 * names nothing at other vendors, or a document of blocks): it is carried whole.
 */
export function readMedia(block: JsonObject, path: string): MediaPart | null {
  const isImage = block['type'] === 'image';
  const source = requireObject(block['source'], `${path}.source`);
  const kind = requireText(source['type'], `${path}.source.type`, 'a source type, for example "base64"');
  const read = readSource(kind, source, isImage ? 'image/*' : 'application/pdf', `${path}.source`);
  if (read === null) return null;
  const known = new Set(KNOWN);
  const title = block['title'];
  const filename = !isImage && typeof title === 'string' ? { filename: title } : {};
  if (filename.filename !== undefined) known.add('title');
  const bag = unknownFields(block, known);
  const rest = unknownFields(source, KNOWN_SOURCE[kind] ?? KNOWN);
  if (!isEmpty(rest)) bag['source'] = rest;
  return { type: 'media', ...read, ...filename, ...carry(bag) };
}

type Source = Pick<MediaPart, 'mediaType' | 'source'>;

function readSource(kind: string, source: JsonObject, type: string, path: string): Source | null {
  const isImage = type === 'image/*';
  switch (kind) {
    case 'base64': {
      const mediaType = requireText(source['media_type'], `${path}.media_type`, 'an IANA type');
      const data = requireText(source['data'], `${path}.data`, 'base64 text');
      return { mediaType, source: { kind: 'base64', data } };
    }
    case 'url':
      return { mediaType: type, source: { kind: 'url', url: requireText(source['url'], `${path}.url`) } };
    case 'text':
      if (isImage || source['media_type'] !== 'text/plain') return null;
      return { mediaType: 'text/plain', source: { kind: 'text', text: requireText(source['data'], `${path}.data`) } };
    default:
      return null;
  }
}

/** Writes an image or a document; null with a Loss when this protocol has no place for it. */
export function writeMedia(part: MediaPart, path: string, losses: LossLog): JsonObject | null {
  const lose = (why: string): null => {
    losses.add({ field: path, kind: 'dropped', why });
    return null;
  };
  const { mediaType } = part;
  if (part.source.kind === 'id') return lose('A file id is only known to the vendor that gave it.');
  const type = mediaType.startsWith('image/') ? 'image' : 'document';
  if (mediaType.startsWith('audio/') || mediaType.startsWith('video/')) return lose('Messages has no sound or video.');
  const source = writeSource(part);
  if (source === null) return lose(`Messages takes no ${mediaType}, only images, PDF and plain text.`);
  const bag = ownBag(part.extra);
  const block: MutableJsonObject = { type, ...sendable(bag) };
  block['source'] = { ...(isJsonObject(bag['source']) ? bag['source'] : {}), ...source };
  if (part.filename === undefined) return block;
  if (type === 'document') block['title'] = part.filename;
  else losses.add({ field: `${path}.filename`, kind: 'dropped', why: 'An image has no name in Messages.' });
  return block;
}

function writeSource({ mediaType, source }: MediaPart): { readonly [key: string]: Json } | null {
  switch (source.kind) {
    case 'url':
      return /^(image\/|application\/(pdf|\*)$)/.test(mediaType) ? { type: 'url', url: source.url } : null;
    case 'id':
      return null;
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'base64':
      return writeBytes(mediaType, source);
  }
}

const TEXTUAL = /^(text\/.+|application\/(json|xml|yaml|javascript))$/;

function writeBytes(mediaType: string, source: Extract<MediaSource, { kind: 'base64' }>): JsonObjectOf | null {
  if (mediaType.startsWith('image/') || mediaType === 'application/pdf' || mediaType === 'application/*') {
    return { type: 'base64', media_type: mediaType.replace('application/*', 'application/pdf'), data: source.data };
  }
  const text = TEXTUAL.test(mediaType) ? decodeText(source.data) : null;
  return text === null ? null : { type: 'text', media_type: 'text/plain', data: text };
}

type JsonObjectOf = { readonly [key: string]: Json };

function decodeText(data: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
