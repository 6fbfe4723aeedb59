/** Takes addresses and anything that looks like a credential out of an upstream's words before a client sees them. */

const LIMIT = 1000;

const PATTERNS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  [/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' '],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]]+/gi, '[url]'],
  [/\b(?:bearer|basic)\s+[\w.~+/=*-]{6,}/gi, '[key]'],
  [/\b(?:sk|pk|rk|gsk|csk|xai|nvapi|hf|key|org|proj|user|acct|req)[-_][\w*.-]{6,}/gi, '[key]'],
  [/\bAIza[\w-]{10,}|\bAKIA[A-Z0-9]{12,}|\beyJ[\w-]{8,}\.[\w.-]+/g, '[key]'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{32,}\b/gi, '[key]'],
  [/\b\w{2,}\*{3,}\w*/g, '[key]'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, '[address]'],
  [
    /\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|ai|dev|cloud|local|internal|svc|lan)\b(?::\d{1,5})?(?:\/[^\s"'<>)\]]*)?/gi,
    '[url]',
  ],
  [/\blocalhost(?::\d{1,5})?\b/gi, '[url]'],
];

/** The text without URLs, host names, addresses, keys and control characters, at most 1000 characters long. */
export function scrub(text: string): string {
  let clean = text.slice(0, LIMIT * 4);
  for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead);
  clean = clean.trim();
  return clean.length > LIMIT ? `${clean.slice(0, LIMIT)}…` : clean;
}
