/** What an upstream of each wire language answers: whole, streamed, calling two tools, and breaking off. */
import { MODEL_LANGUAGES } from './scripted-model/index.ts';

/** The answers of one language. */
export interface UpstreamLanguage {
  /** The provider row that speaks it. */
  readonly provider: string;
  /** Path below the base URL. */
  readonly path: string;
  readonly whole: object;
  readonly stream: readonly string[];
  readonly toolStream: readonly string[];
  /** A stream that breaks off with the vendor's own error after some content. */
  readonly errorStream: readonly string[];
}

/** The two calls of every tool answer. */
export const CALLS = [
  { id: 'call_a', name: 'weather', pieces: ['{"ci', 'ty":"Basel"}'] },
  { id: 'call_b', name: 'weather', pieces: ['{"city":', '"Bonn"}'] },
];

const TEXT = { text: ['The ', 'Thal', 'weg.'] };

/** Every language that is spoken to upstreams. */
export const LANGUAGES: readonly UpstreamLanguage[] = MODEL_LANGUAGES.map((language) => {
  const stream = language.stream(TEXT);
  const cut = stream.findIndex((frame) => frame.includes('Thal')) + 1;
  return {
    provider: language.provider,
    path: language.path,
    whole: language.whole(TEXT),
    stream,
    toolStream: language.stream({ calls: CALLS }),
    errorStream: [...stream.slice(0, cut), language.errorFrame(cut)],
  };
});
