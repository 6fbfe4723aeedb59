/** Finds code, type, field and words in the many shapes of error bodies that chat vendors send. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** What an error body said; null = not said. `status` is one that the body itself names. */
export interface ErrorBody {
  readonly message: string | null;
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
  readonly status: number | null;
  /** Wait that the body asks for, ms. */
  readonly retryAfterMs: number | null;
}

/**
 * Reads `{error:{message,type,param,code}}` (OpenAI and most), `{error:"…",code}` (xAI, Ollama), `{message,code|id}` (Cohere,
 * Bedrock, vLLM's `object:"error"`), `{detail}` (Mistral, FastAPI) and a list of one of these (Gemini's chat surface).
 */
export function readErrorBody(value: Json | undefined): ErrorBody {
  const body = isJsonArray(value) ? value[0] : value;
  if (!isJsonObject(body)) return { ...NOTHING, message: typeof body === 'string' ? body : null };
  const inner = body['error'];
  const error: JsonObject = isJsonObject(inner) ? { ...inner } : body;
  const message = firstText(error['message'], inner, detailOf(body['detail']), body['message']);
  return {
    message,
    code: token(error['code']) ?? token(body['code']) ?? token(body['id']),
    type: token(error['type']) ?? token(error['status']),
    param: typeof error['param'] === 'string' && PARAM.test(error['param']) ? error['param'] : null,
    status: statusOf(error['code']) ?? statusOf(error['status']) ?? statusOf(error['status_code']),
    retryAfterMs: delayOf(error) ?? waitInWords(message),
  };
}

const NOTHING: ErrorBody = { message: null, code: null, type: null, param: null, status: null, retryAfterMs: null };
const TOKEN = /^[\w.:/ -]{1,80}$/;
const PARAM = /^[\w.[\]'"/-]{1,200}$/;

function firstText(...values: readonly (Json | undefined)[]): string | null {
  for (const value of values) if (typeof value === 'string' && value !== '') return value;
  return null;
}

/** FastAPI lists what was wrong with each field. */
function detailOf(detail: Json | undefined): Json | undefined {
  if (!isJsonArray(detail)) return isJsonObject(detail) ? firstText(detail['message'], detail['msg']) : detail;
  const words = detail.map((entry) => (isJsonObject(entry) ? firstText(entry['msg']) : null));
  return words.filter((word) => word !== null).join('; ');
}

function token(value: Json | undefined): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && TOKEN.test(value) ? value : null;
}

function statusOf(value: Json | undefined): number | null {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 300 && status <= 599 ? status : null;
}

/** Google's RetryInfo: `details: [{retryDelay: "37s"}]`. */
function delayOf(error: JsonObject): number | null {
  if (!isJsonArray(error['details'])) return null;
  for (const entry of error['details']) {
    if (isJsonObject(entry) && typeof entry['retryDelay'] === 'string') return readDuration(entry['retryDelay']);
  }
  return null;
}

/** OpenAI and Groq say it in words: "Please try again in 7.66s." */
function waitInWords(message: string | null): number | null {
  const found = message === null ? null : /try again in ((?:\d+(?:\.\d+)?(?:ms|[hms]))+)/i.exec(message);
  return found === null ? null : readDuration(found[1] ?? '');
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `1h2m3.5s`, `120ms` or plain seconds; null when it is none of these. */
export function readDuration(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|[hms]))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return total;
}
