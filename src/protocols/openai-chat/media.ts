/** Images, sounds, videos and files in content lists, both ways. */
import type { MediaPart, MediaSource } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { audioFormat, audioType, readMediaUrl, typeByName, writeMediaUrl } from '../../wire/codec/media-type.ts';
import { isEmpty, sendable, unknownFields } from '../../wire/codec/extra.ts';
import { carry, ownBag } from './extra.ts';
import { invalid, requireObject, requireString, requireText } from '../../wire/codec/field.ts';

/** Reads a media part of a content list; null when the type is none of ours. */
export function readMedia(part: JsonObject, path: string): MediaPart | null {
  switch (part['type']) {
    case 'image_url':
      return readLink(part, 'image_url', 'image/*', path);
    case 'video_url':
      return readLink(part, 'video_url', 'video/*', path);
    case 'input_audio':
      return readSound(part, `${path}.input_audio`);
    case 'file':
      return readFile(part, `${path}.file`);
    default:
      return null;
  }
}

/** Unknown fields beside the media object, and within it under the object's own name. */
function bagOf(part: JsonObject, name: string, known: readonly string[]): MutableJsonObject {
  const bag = unknownFields(part, new Set(['type', name]));
  const inner = part[name];
  const rest = isJsonObject(inner) ? unknownFields(inner, new Set(known)) : {};
  if (!isEmpty(rest)) bag[name] = rest;
  return bag;
}

function readLink(part: JsonObject, name: 'image_url' | 'video_url', kind: string, path: string): MediaPart {
  const value = part[name];
  const bag = bagOf(part, name, ['url']);
  if (typeof value === 'string') bag['#short'] = true;
  const url = typeof value === 'string' ? value : requireObject(value, `${path}.${name}`)['url'];
  return { type: 'media', ...readMediaUrl(requireText(url, `${path}.${name}.url`), kind), ...carry(bag) };
}

function readSound(part: JsonObject, path: string): MediaPart {
  const body = requireObject(part['input_audio'], path);
  const data = requireText(body['data'], `${path}.data`, 'base64 text');
  const format = requireText(body['format'], `${path}.format`, 'an audio format, for example "wav"');
  const mediaType = audioType(format);
  const bag = bagOf(part, 'input_audio', ['data', 'format']);
  if (audioFormat(mediaType) !== format) bag['#format'] = format;
  return { type: 'media', mediaType, source: { kind: 'base64', data }, ...carry(bag) };
}

function readFile(part: JsonObject, path: string): MediaPart | null {
  const body = requireObject(part['file'], path);
  const { filename, file_id: id, file_data: data } = body;
  if (filename !== undefined && typeof filename !== 'string') throw invalid(`${path}.filename`, 'a string');
  const name = filename === undefined ? {} : { filename };
  if (typeof id === 'string' && data === undefined) {
    const bag = bagOf(part, 'file', ['file_id', 'filename']);
    return { type: 'media', mediaType: 'application/*', source: { kind: 'id', id }, ...name, ...carry(bag) };
  }
  if (data === undefined || id !== undefined) return null;
  const bag = bagOf(part, 'file', ['file_data', 'filename']);
  const text = requireString(data, `${path}.file_data`);
  const { mediaType, source } = readMediaUrl(text, 'application/*');
  if (source.kind === 'base64') return { type: 'media', mediaType, source, ...name, ...carry(bag) };
  bag['#bare'] = true;
  return {
    type: 'media',
    mediaType: typeByName(filename),
    source: { kind: 'base64', data: text },
    ...name,
    ...carry(bag),
  };
}

/** Writes a media part; null with a Loss when this protocol has no place for it. */
export function writeMedia(part: MediaPart, path: string, losses: LossLog): JsonObject | null {
  const { mediaType, source } = part;
  const bag = ownBag(part.extra);
  if (source.kind === 'text') {
    losses.add({ field: path, kind: 'approximated', why: 'A text document goes as plain text.' });
    return { ...sendable(bag), type: 'text', text: source.text };
  }
  if (mediaType.startsWith('image/') && source.kind !== 'id') return writeLink('image_url', mediaType, source, bag);
  if (mediaType.startsWith('video/') && source.kind !== 'id') return writeLink('video_url', mediaType, source, bag);
  if (mediaType.startsWith('audio/') && source.kind === 'base64') {
    const format = typeof bag['#format'] === 'string' ? bag['#format'] : audioFormat(mediaType);
    return withBag('input_audio', { data: source.data, format }, bag);
  }
  const name = part.filename === undefined ? {} : { filename: part.filename };
  if (source.kind === 'id') return withBag('file', { file_id: source.id, ...name }, bag);
  if (source.kind === 'base64') {
    const data = bag['#bare'] === true ? source.data : writeMediaUrl(mediaType, source);
    return withBag('file', { file_data: data, ...name }, bag);
  }
  losses.add({ field: path, kind: 'dropped', why: `Chat completions cannot name ${mediaType} by URL.` });
  return null;
}

function writeLink(name: string, mediaType: string, source: MediaSource, bag: JsonObject): JsonObject {
  const url = writeMediaUrl(mediaType, source);
  if (bag['#short'] === true) return { type: name, ...sendable(bag), [name]: url };
  return withBag(name, { url }, bag);
}

function withBag(name: string, body: { readonly [key: string]: Json }, bag: JsonObject): JsonObject {
  const inner = bag[name];
  return { type: name, ...sendable(bag), [name]: { ...(isJsonObject(inner) ? inner : {}), ...body } };
}
