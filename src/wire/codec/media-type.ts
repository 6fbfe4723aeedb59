/** IANA types of media in the spellings that OpenAI's languages use: data URLs, audio formats, file names. */
import type { MediaSource } from '../../core/chat.ts';

const DATA_URL = /^data:([^;,]+);base64,/;

/** A data URL in its plain form becomes bytes with a type; every other URL stays a URL of the given kind (`image/*`). */
export function readMediaUrl(url: string, kind: string): { readonly mediaType: string; readonly source: MediaSource } {
  const head = DATA_URL.exec(url.slice(0, 200));
  if (head === null) return { mediaType: kind, source: { kind: 'url', url } };
  return { mediaType: head[1] ?? kind, source: { kind: 'base64', data: url.slice(head[0].length) } };
}

/** The URL of a source: its own, or a data URL; '' for what has neither. */
export function writeMediaUrl(mediaType: string, source: MediaSource): string {
  if (source.kind === 'url') return source.url;
  return source.kind === 'base64' ? `data:${mediaType};base64,${source.data}` : '';
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg' };
const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
};

/** The IANA type of an audio format such as `wav` or `mp3`. */
export function audioType(format: string): string {
  return AUDIO_TYPES[format] ?? `audio/${format}`;
}

/** The audio format of an IANA type. */
export function audioFormat(mediaType: string): string {
  return AUDIO_FORMATS[mediaType] ?? mediaType.slice('audio/'.length);
}

/** The type that a file's name promises; `application/octet-stream` where it promises none. */
export function typeByName(filename: string | undefined): string {
  return filename?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
}
