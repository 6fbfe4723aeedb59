/** Finds the keys that vendors give out, by their prefixes and lengths. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, isDigit, isLetter } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';

/**
 * Prefix and least number of characters behind it. Source: the vendors' own documentation and the patterns that they register
 * with GitHub's secret scanning partner programme, 2026.
 */
const PREFIXES: readonly (readonly [prefix: string, least: number])[] = [
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

/** The prefixes and all of the run behind them: a run is read once, whatever it holds. */
const FORM = new RegExp(`(?<![A-Za-z0-9])(?:${PREFIXES.map(([prefix]) => prefix).join('|')})[\\w-]{16,}`, 'g');

const AWS = contextWords('aws secret secretaccesskey accesskey key');
const AWS_WORD = /aws|AWS|[Ss]ecret|SECRET|[Kk]ey|KEY/;
const AWS_SECRET = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g;

/** The detector `secret_key`. */
export const secretKey: Classifier = Object.freeze({
  id: 'secret_key',
  inspect(text, at, out) {
    eachMatch(FORM, text, (offset, found) => {
      const { length } = found;
      const isLong = PREFIXES.some(([prefix, least]) => length >= prefix.length + least && found.startsWith(prefix));
      if (isLong && isRandom(found)) out.push({ detector: 'secret_key', field: at, offset, length, confidence: 1 });
      return offset + length;
    });
    // a secret of Amazon Web Services has no prefix: forty characters of base64 behind a word that says so
    if (!AWS_WORD.test(text)) return;
    const context = new ContextReader(text, AWS);
    eachMatch(AWS_SECRET, text, (offset, found) => {
      const { length } = found;
      if (isRandom(found) && context.near(offset)) {
        out.push({ detector: 'secret_key', field: at, offset, length, confidence: 0.9 });
      }
      return offset + length;
    });
  },
} satisfies Classifier);

/** Names with hyphens have hardly a figure; keys have several among their letters. */
function isRandom(text: string): boolean {
  let [figures, letters] = [0, 0];
  for (let at = 0; at < text.length && (figures < 3 || letters < 6); at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) figures++;
    else if (isLetter(code)) letters++;
  }
  return figures >= 3 && letters >= 6;
}
