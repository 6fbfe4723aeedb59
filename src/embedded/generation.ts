/** Computes one answer step by step, so that whoever drives it can stop between any two steps. */
import { withoutThoughts } from './chat-form.ts';
import type { EngineFailure, GenerationEnd, GenerationListener, GenerationRequest } from './engine.ts';
import { CHUNK_TOKENS } from './layout.ts';
import type { Model } from './model.ts';
import { createSampler, type Sampler } from './sampling/sampler.ts';
import { scoreToken } from './sampling/logprobs.ts';
import { type Piece, StopScanner } from './sampling/stop-scanner.ts';
import { createDetokenizer } from './tokenizer/detokenizer.ts';

/** What a step brought: text (possibly none yet), the end of the answer, or both. */
interface Step extends Piece {
  readonly end: GenerationEnd | null;
}

const NOTHING: Step = Object.freeze({ text: '', logprobs: [], end: null });

/** A prompt that fits, or the failure that says why not. */
function preparePrompt(model: Model, request: GenerationRequest): readonly number[] | EngineFailure {
  const { contextTokens, tokenizer } = model;
  const tooLong = (promptTokens: number): EngineFailure => ({ kind: 'context-length', promptTokens, contextTokens });
  const turns = request.turns.map(withoutThoughts);
  const letters = turns.reduce((sum, { content }) => sum + content.length, 0);
  const fewest = Math.ceil(letters / tokenizer.longestToken);
  if (fewest >= contextTokens) return tooLong(fewest);
  const prompt = model.form(turns);
  return prompt.length >= contextTokens ? tooLong(prompt.length) : prompt;
}

/** One answer under way. */
class Generation {
  readonly #model: Model;
  readonly #prompt: readonly number[];
  readonly #sample: Sampler;
  readonly #topLogprobs: number | null;
  readonly #limit: number;
  readonly #stops: StopScanner;
  readonly #text = createDetokenizer();
  /** Tokens of the prompt that were run. */
  #read = 0;
  #last = -1;
  #written = 0;

  constructor(model: Model, prompt: readonly number[], request: GenerationRequest) {
    const room = model.contextTokens - prompt.length;
    this.#model = model;
    this.#prompt = prompt;
    this.#sample = createSampler(request.sampling);
    this.#topLogprobs = request.topLogprobs;
    this.#limit = Math.min(request.maxTokens ?? room, room);
    this.#stops = new StopScanner(request.stop);
  }

  /** Runs one chunk of the prompt or one token. Not called again after the end. */
  step(): Step {
    const { forward } = this.#model;
    if (this.#read < this.#prompt.length) {
      const chunk = this.#prompt.slice(this.#read, this.#read + CHUNK_TOKENS);
      forward.run(chunk, this.#read);
      this.#read += chunk.length;
      if (this.#read < this.#prompt.length) return NOTHING;
    } else {
      forward.run([this.#last], this.#prompt.length + this.#written - 1);
    }
    return this.#choose(forward.logits);
  }

  #choose(logits: Float32Array): Step {
    const { tokenizer } = this.#model;
    const id = this.#sample(logits);
    if (!Number.isFinite(logits[id])) throw new RangeError('the model computed scores that are no numbers');
    this.#last = id;
    this.#written++;
    if (tokenizer.vocabulary.ends.has(id)) return this.#finish('stop');
    const logprobs = this.#topLogprobs === null ? null : scoreToken(logits, id, this.#topLogprobs, tokenizer);
    const scan = this.#stops.push(this.#text.push(tokenizer.bytesOf(id)), logprobs);
    if (scan.stopped) return { text: scan.text, logprobs: scan.logprobs, end: this.#end('stop') };
    if (this.#written < this.#limit) return { text: scan.text, logprobs: scan.logprobs, end: null };
    const rest = this.#finish('length');
    return { ...rest, text: scan.text + rest.text, logprobs: [...scan.logprobs, ...rest.logprobs] };
  }

  #finish(reason: GenerationEnd['reason']): Step {
    return { ...this.#stops.flush(this.#text.flush()), end: this.#end(reason) };
  }

  #end(reason: GenerationEnd['reason']): GenerationEnd {
    return { reason, promptTokens: this.#prompt.length, outputTokens: this.#written };
  }
}

/**
 * Reads the prompt and tells the listener; returns what computes the next step and says whether there is another one,
 * or null when there is nothing to compute.
 */
export function beginGeneration(
  model: Model,
  request: GenerationRequest,
  listener: GenerationListener,
): (() => boolean) | null {
  const prompt = preparePrompt(model, request);
  if ('kind' in prompt) {
    listener.failed(prompt);
    return null;
  }
  const generation = new Generation(model, prompt, request);
  listener.started(prompt.length);
  return () => {
    try {
      const { text, logprobs, end } = generation.step();
      if (text !== '' || logprobs.length > 0) listener.piece({ text, logprobs });
      if (end !== null) listener.finished(end);
      return end === null;
    } catch (error) {
      listener.failed({ kind: 'broken', message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  };
}
