/** What an inspection finds in the files of a model before anything loads them. */

/** What was found. */
export type InspectRule =
  /** A pickle, or a format that holds pickles: loading it runs whatever its author wrote. */
  | 'pickle'
  /** An archive, or an archive hidden behind another file: what is in it is not inspected. */
  | 'archive'
  /** A program, library or script. */
  | 'code'
  /** Metadata that makes a loader import code: `auto_map`, `custom_pipelines`, `trust_remote_code`. */
  | 'remote-code'
  /** The name says one format, the bytes another. */
  | 'wrong-format'
  /** A sound format that the policy does not allow. */
  | 'format-not-allowed'
  /** A GGUF header that is not sound. */
  | 'bad-gguf'
  /** A safetensors header that is not sound. */
  | 'bad-safetensors'
  /** Configuration that is not JSON, repeats a key or is too large to be inspected. */
  | 'bad-json'
  /** Bytes that no tensor accounts for. */
  | 'stray-bytes'
  /** An index that names files which are not there or not in the folder. */
  | 'bad-index'
  /** No file that holds weights. */
  | 'no-weights'
  /** The inspection took too much time or memory. */
  | 'not-finished'
  /** The template is not one of those that the policy pins. */
  | 'template-not-pinned'
  /** A template that can reach out of its sandbox, or is too large to be looked through. */
  | 'template-code'
  /** A template that treats messages differently by what they say, or carries text of its own. */
  | 'template-content'
  /** A format that is not looked into. */
  | 'not-inspected';

/** How grave it is: `refuse` must not be loaded, `warn` wants a look, `note` is only told. */
export type InspectLevel = 'refuse' | 'warn' | 'note';

/** One finding. */
export interface InspectFinding {
  readonly rule: InspectRule;
  readonly level: InspectLevel;
  /** Path with `/`, relative to the model's root. */
  readonly file: string;
  /** What and where, one sentence without the file. */
  readonly message: string;
  /** How to mend it. */
  readonly remedy: string;
}

const REMEDIES: Readonly<Record<InspectRule, string>> = Object.freeze({
  pickle: 'convert the weights to safetensors or GGUF',
  archive: 'unpack it where it can be inspected, or take it out',
  code: 'take the file out; weights need no programs beside them',
  'remote-code': 'take the entry out and use an architecture that the server itself knows',
  'wrong-format': 'fetch the file again from where it is signed',
  'format-not-allowed': 'allow the format in the policy, or convert the file',
  'bad-gguf': 'fetch the file again; do not load it',
  'bad-safetensors': 'fetch the file again; do not load it',
  'bad-json': 'mend the file; every key must occur once',
  'stray-bytes': 'find out what the extra bytes are, or convert the file again',
  'bad-index': 'fetch the missing files, or mend the index',
  'no-weights': 'point at the folder that holds .gguf or .safetensors files',
  'not-finished': 'do not load it; a sound model is inspected in seconds',
  'template-not-pinned': 'compare the template with the one you reviewed, then pin its SHA-256',
  'template-code': 'replace the template by one that only arranges messages',
  'template-content': 'read the template; pin its SHA-256 when it is what you want',
  'not-inspected': 'take the file out if nothing needs it',
});

/** True for the name of a rule. */
export function isInspectRule(name: string): name is InspectRule {
  return Object.hasOwn(REMEDIES, name);
}

/** A finding with the remedy of its rule. */
export function finding(rule: InspectRule, level: InspectLevel, file: string, message: string): InspectFinding {
  return { rule, level, file, message, remedy: REMEDIES[rule] };
}
