/** Finds the keys that vendors give out, by their prefixes and lengths. */
import { BASE64URL, isDigit, isLetter, isWord, tableOf } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import type { Detector } from './detector.ts';
import { Reading } from './reading.ts';

type Prefix = readonly [prefix: string, least: number];

/**
 * Prefix and least number of characters behind it. Source: the vendors' own documentation and the patterns that they register
 * with GitHub's secret scanning partner programme, 2026.
 */
const PREFIXES: readonly Prefix[] = [
  ['sk-', 20], // OpenAI (sk-proj-, sk-svcacct-), Anthropic (sk-ant-), OpenRouter (sk-or-), DeepSeek and many more
  ['sk_live_', 16], // Stripe
  ['sk_test_', 16],
  ['rk_live_', 16],
  ['whsec_', 24],
  ['AKIA', 16], // Amazon Web Services
  ['ASIA', 16],
  ['ghp_', 36], // GitHub
  ['gho_', 36],
  ['ghu_', 36],
  ['ghs_', 36],
  ['ghr_', 36],
  ['github_pat_', 50],
  ['glpat-', 20], // GitLab
  ['xoxb-', 20], // Slack
  ['xoxp-', 20],
  ['xoxa-', 20],
  ['xoxr-', 20],
  ['xoxs-', 20],
  ['xoxe-', 20],
  ['xapp-', 20],
  ['AIza', 35], // Google
  ['GOCSPX-', 28],
  ['hf_', 30], // Hugging Face
  ['gsk_', 40], // Groq
  ['xai-', 40], // xAI
  ['pplx-', 40], // Perplexity
  ['nvapi-', 40], // NVIDIA
  ['r8_', 30], // Replicate
  ['fw_', 20], // Fireworks
  ['csk-', 30], // Cerebras
  ['tgp_v1_', 30], // Together
  ['npm_', 36], // npm
  ['pypi-', 50], // PyPI
  ['dop_v1_', 60], // DigitalOcean
  ['shpat_', 30], // Shopify
  ['dapi', 32], // Databricks
];

/** A prefix as units, and the least length of a key with it. */
interface Head {
  readonly units: Uint8Array;
  readonly least: number;
}

/** Prefixes by their first two characters, seven bits each. */
const BY_BEGIN: Head[][] = [];
const PAIRS = 1 << 14;
/** Which of them begin with a pair; 0 = none. */
const BEGINS = new Uint8Array(PAIRS);
BY_BEGIN.push([]);
for (const [prefix, least] of PREFIXES) {
  const units = Uint8Array.from(prefix, (unit) => unit.charCodeAt(0));
  const begin = beginOf(units, 0);
  if (BEGINS[begin] === 0) BEGINS[begin] = BY_BEGIN.push([]) - 1;
  BY_BEGIN[BEGINS[begin]!]!.push({ units, least: prefix.length + least });
}

const AWS = contextWords('aws secret secretaccesskey accesskey key');
const AWS_LENGTH = 40;
/** Kinds of characters of base64: 1 = letters and digits, 2 = what stands between words. */
const BASE64 = tableOf(isWord);
BASE64[43] = BASE64[47] = 2;

/** The detector `secret_key`. Every run of base64 is looked at once, and in it every word. */
export const secretKey: Detector = Object.freeze({
  id: 'secret_key',
  inspect(text, at, out, reading = new Reading(text)) {
    const { units } = reading;
    const context = new ContextReader(reading, AWS);
    const add = (offset: number, end: number, confidence: number): void => {
      out.push({ detector: 'secret_key', field: at, offset, length: end - offset, confidence });
    };
    let done = 0;
    for (let start = 0; start < text.length; start++) {
      let end = start;
      let kinds = 0;
      for (let kind = BASE64[units[end]!]!; kind !== 0; kind = BASE64[units[++end]!]!) kinds |= kind;
      // a secret of Amazon Web Services has no prefix: forty characters of base64 behind a word that says so
      if (end - start === AWS_LENGTH && units[end] !== 61 && isRandom(units, start, end) && context.near(start)) {
        add(start, end, 0.9);
      }
      for (let word = start; word < end; word = kinds === 1 ? end : nextWord(units, word)) {
        if (word < done || BEGINS[beginOf(units, word)] === 0) continue;
        const least = leastAt(units, word);
        if (least < 0) continue;
        // all of the run is read once, whatever it holds
        done = word;
        while (BASE64URL[units[done]!] === 1) done++;
        if (done - word >= least && isRandom(units, word, done)) add(word, done, 1);
      }
      start = end;
    }
  },
} satisfies Detector);

/** @returns at most the last pair of seven bits each */
function beginOf(units: Uint8Array, at: number): number {
  return ((units[at]! << 7) | units[at + 1]!) & (PAIRS - 1);
}

function nextWord(units: Uint8Array, from: number): number {
  let at = from;
  while (BASE64[units[at]!] === 1) at++;
  while (BASE64[units[at]!] === 2) at++;
  return at;
}

/** The least length of a key that begins here; -1 when no prefix stands here. No prefix begins another. */
function leastAt(units: Uint8Array, at: number): number {
  const heads = BY_BEGIN[BEGINS[beginOf(units, at)]!]!;
  for (let i = 0; i < heads.length; i++) if (isAt(units, at, heads[i]!.units)) return heads[i]!.least;
  return -1;
}

function isAt(units: Uint8Array, at: number, head: Uint8Array): boolean {
  for (let i = 2; i < head.length; i++) if (units[at + i] !== head[i]) return false;
  return units[at] === head[0] && units[at + 1] === head[1];
}

/** Names with hyphens have hardly a figure; keys have several among their letters. */
function isRandom(units: Uint8Array, from: number, to: number): boolean {
  let figures = 0;
  let letters = 0;
  for (let at = from; at < to && (figures < 3 || letters < 6); at++) {
    const unit = units[at]!;
    if (isDigit(unit)) figures++;
    else if (isLetter(unit)) letters++;
  }
  return figures >= 3 && letters >= 6;
}
