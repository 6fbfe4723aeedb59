/** Secrets of the configuration: they stay references in the validated object and are resolved where they are used. */
import type { ConfigFinding, ConfigPath } from '../core/config.ts';
import { Secret } from '../core/secret.ts';
import { expandText, parseTemplate, type ExpansionPorts } from './expand.ts';
import { matchesPattern, type PathPattern } from './path.ts';

/** Where the configuration will run: a worker is built without its secrets, which come from its own environment. */
export type Target = 'node' | 'worker';

/** A reference that cannot be resolved; the message names the variable or the file, never a value. */
export class SecretError extends Error {}

/** What a configuration prints in the place of a literal secret. */
export const REDACTED = '[redacted]';

/**
 * The secret behind a reference as written: `${VAR}`, `${VAR:-default}`, `${file:path}`, a mixture, or the literal itself.
 * @throws SecretError when a variable or file is missing, or the result is empty
 */
export function resolveSecret(reference: string, ports: ExpansionPorts): Secret {
  const expansion = expandText(reference, ports);
  if (!expansion.ok) throw new SecretError(expansion.fault.message);
  if (expansion.text === '') throw new SecretError('the secret is empty');
  return new Secret(expansion.text);
}

/** True when nothing of the scalar is written out: only variables without default and files. */
export function isReference(text: string): boolean {
  const template = parseTemplate(text);
  return (
    template.ok && template.parts.every((part) => part.kind === 'file' || (part.kind === 'variable' && !part.fallback))
  );
}

/** Checks a secret without keeping it: on Node that it resolves, for a worker that nothing secret would be built in. */
export function checkSecret(at: ConfigPath, text: string, target: Target, ports: ExpansionPorts): ConfigFinding | null {
  if (target === 'worker') return checkForWorker(at, text);
  const expansion = expandText(text, ports);
  if (!expansion.ok) return { at, ...expansion.fault };
  if (expansion.text !== '') return null;
  return {
    at,
    code: 'empty-secret',
    message: 'this secret is empty',
    fix: 'give it a value, or leave the field out where none is wanted',
  };
}

/** A deep copy in which literal secrets read `[redacted]`; references stay as written. */
export function redactSecrets(tree: unknown, secrets: readonly PathPattern[], path: ConfigPath = []): unknown {
  if (typeof tree === 'string') return matchesPattern(path, secrets) && !isReference(tree) ? REDACTED : tree;
  if (Array.isArray(tree)) return tree.map((value, i) => redactSecrets(value, secrets, [...path, i]));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, redactSecrets(value, secrets, [...path, key])]),
  );
}

function checkForWorker(at: ConfigPath, text: string): ConfigFinding | null {
  const template = parseTemplate(text);
  if (!template.ok) return { at, ...template.fault };
  if (template.parts.some((part) => part.kind === 'file')) {
    return {
      at,
      code: 'worker-secret-file',
      message: 'a worker has no files to read a secret from',
      fix: 'write ${NAME} and set it with: wrangler secret put NAME',
    };
  }
  if (isReference(text)) return null;
  return {
    at,
    code: 'literal-secret',
    message: 'a secret written out would be built into the worker',
    fix: 'write ${NAME} without a default and set it with: wrangler secret put NAME',
  };
}
