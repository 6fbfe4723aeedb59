/** Images, sounds and files in content lists, both ways. */
import type { MediaPart } from '../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { sendable, unknownFields } from '../../wire/codec/extra.ts';
import { invalid, requireObject, requireString, requireText } from '../../wire/codec/field.ts';
import { audioFormat, audioType, readMediaUrl, typeByName, writeMediaUrl } from '../../wire/codec/media-type.ts';
import { carry, fieldsOf, ownBag, restOf } from './extra.ts';
import { adoptDetail } from './sibling.ts';

/** Reads a media part of a content list; null when the type is none of ours, or its bytes are named in two ways. */
export function readMedia(part: JsonObject, path: string): MediaPart | null {
  switch (part['type']) {
    case 'input_image':
      return readImage(part, path);
    case 'input_file':
      return readFile(part, path);
    case 'input_audio':
      return readSound(part, `${path}.input_audio`);
    default:
      return null;
  }
}

function isGiven(part: JsonObject, key: string): boolean {
  return part[key] !== undefined && part[key] !== null;
}

function readImage(part: JsonObject, path: string): MediaPart | null {
  if (isGiven(part, 'file_id')) {
    if (isGiven(part, 'image_url')) return null;
    const id = requireText(part['file_id'], `${path}.file_id`);
    const bag = imageBag(part, 'file_id');
    return { type: 'media', mediaType: 'image/*', source: { kind: 'id', id }, ...carry(bag) };
  }
  const url = requireText(part['image_url'] ?? undefined, `${path}.image_url`, 'a URL or a data URL');
  return { type: 'media', ...readMediaUrl(url, 'image/*'), ...carry(imageBag(part, 'image_url')) };
}

/** `detail: "auto"` says nothing: this language asks for the field, and the writer adds it where it is missing. */
function imageBag(part: JsonObject, known: string): MutableJsonObject {
  const bag = restOf(part, new Set(['type', known]));
  if (part['detail'] === undefined) bag['#detail'] = 'absent';
  if (part['detail'] === 'auto') delete bag['detail'];
  return bag;
}

function readFile(part: JsonObject, path: string): MediaPart | null {
  const ways = ['file_id', 'file_url', 'file_data'].filter((key) => isGiven(part, key));
  const [way] = ways;
  if (way === undefined) throw invalid(path, 'a file with file_id, file_url or file_data');
  if (ways.length > 1) return null;
  const known = new Set(['type', way]);
  const { filename } = part;
  if (isGiven(part, 'filename') && typeof filename !== 'string') throw invalid(`${path}.filename`, 'a string');
  if (typeof filename === 'string') known.add('filename');
  const name = typeof filename === 'string' ? { filename } : {};
  const bag = restOf(part, known);
  const text = requireString(part[way], `${path}.${way}`);
  if (way === 'file_id') return media('application/*', { kind: 'id', id: text });
  if (way === 'file_url') return media('application/*', { kind: 'url', url: text });
  const { mediaType, source } = readMediaUrl(text, 'application/*');
  if (source.kind === 'base64') return media(mediaType, source);
  bag['#bare'] = true;
  return media(typeByName(name.filename), { kind: 'base64', data: text });

  function media(mediaType: string, source: MediaPart['source']): MediaPart {
    return { type: 'media', mediaType, source, ...name, ...carry(bag) };
  }
}

function readSound(part: JsonObject, path: string): MediaPart {
  const body = requireObject(part['input_audio'], path);
  const data = requireText(body['data'], `${path}.data`, 'base64 text');
  const format = requireText(body['format'], `${path}.format`, 'an audio format, for example "wav"');
  const mediaType = audioType(format);
  const bag = restOf(part, new Set(['type', 'input_audio']));
  const inner = unknownFields(body, new Set(['data', 'format']));
  if (Object.keys(inner).length > 0) bag['input_audio'] = inner;
  if (audioFormat(mediaType) !== format) bag['#format'] = format;
  return { type: 'media', mediaType, source: { kind: 'base64', data }, ...carry(bag) };
}

/** Writes a media part; null with a Loss when this protocol has no place for it. */
export function writeMedia(part: MediaPart, path: string, losses: LossLog): JsonObject | null {
  const { mediaType, source } = part;
  const bag = ownBag(part.extra);
  if (source.kind === 'text') {
    losses.add({ field: path, kind: 'approximated', why: 'A text document goes as plain text.' });
    return { ...sendable(bag), type: 'input_text', text: source.text };
  }
  if (mediaType.startsWith('image/')) return writeImage(part, bag);
  if (mediaType.startsWith('audio/') && source.kind === 'base64') {
    const inner = isJsonObject(bag['input_audio']) ? bag['input_audio'] : {};
    const format = typeof bag['#format'] === 'string' ? bag['#format'] : audioFormat(mediaType);
    return { type: 'input_audio', ...fieldsOf(bag), input_audio: { ...inner, data: source.data, format } };
  }
  if (mediaType.startsWith('audio/') || mediaType.startsWith('video/')) {
    losses.add({ field: path, kind: 'dropped', why: `The Responses language has no place for ${mediaType}.` });
    return null;
  }
  return writeFile(part, bag);
}

function writeImage({ mediaType, source, extra }: MediaPart, bag: JsonObject): JsonObject {
  const where = source.kind === 'id' ? { file_id: source.id } : { image_url: writeMediaUrl(mediaType, source) };
  const detail = bag['#detail'] === 'absent' ? {} : { detail: adoptDetail(extra) ?? 'auto' };
  return { type: 'input_image', ...detail, ...fieldsOf(bag), ...where };
}

function writeFile({ mediaType, source, filename }: MediaPart, bag: JsonObject): JsonObject {
  const file: MutableJsonObject = { type: 'input_file', ...fieldsOf(bag) };
  if (filename !== undefined) file['filename'] = filename;
  if (source.kind === 'id') file['file_id'] = source.id;
  else if (source.kind === 'url') file['file_url'] = source.url;
  else if (source.kind === 'base64')
    file['file_data'] = bag['#bare'] === true ? source.data : writeMediaUrl(mediaType, source);
  return file;
}
