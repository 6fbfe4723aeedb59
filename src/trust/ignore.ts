/** What a signature leaves out: the standard's own exclusions, the signer's and the caller's. */
import { nameFault } from './names.ts';

/** Left out of every signature, at the root of the model only (OMS v1.0 section 6.2). */
export const DEFAULT_IGNORES: readonly string[] = Object.freeze(['.git', '.gitattributes', '.github', '.gitignore']);

/** True for an ignored path and everything below it; paths are exact, without patterns (section 6.2.1). */
export function createSkip(ignored: Iterable<string>): (name: string) => boolean {
  const paths = new Set(ignored);
  return (name) => {
    for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1)) {
      if (paths.has(name.slice(0, end))) return true;
    }
    return false;
  };
}

/** Why a signed or given path may not be ignored, or null: it must name something inside the model, not all of it. */
export function ignoreFault(path: string): string | null {
  return nameFault(path);
}

const LOADED = [
  // weights and graphs
  /\.(safetensors|gguf|ggml|bin|pt|pth|ckpt|pkl|pickle|joblib|npy|npz|h5|keras|onnx|tflite|pb|mar|nemo|engine|llamafile)$/i,
  // code and templates
  /\.(py|pyc|so|dll|dylib|jinja2?)$/i,
  // what configures a loader or a tokenizer
  /(^|\/)([^/]*config|[^/]*\.index|adapter_model|params|tokenizer|special_tokens_map|added_tokens|vocab|chat_template|modules)\.json$/i,
  /(^|\/)(vocab|merges)\.txt$|\.(tiktoken|model|spm)$/i,
];

/** True for the name of a file that loaders of models read or run: one that is not signed can change what the model says. */
export function isLoaded(name: string): boolean {
  return LOADED.some((pattern) => pattern.test(name));
}
