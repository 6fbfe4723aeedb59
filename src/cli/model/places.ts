/** Paths and repeated flags of the model commands. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Terminal } from '../terminal.ts';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';

/** Collects a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Paths as absolute ones. */
export function resolveAll(paths: readonly string[] | undefined, { cwd }: Terminal): string[] {
  return (paths ?? []).map((path) => resolve(cwd, path));
}

/** Where a signature lies: as told, else `model.sig` in the folder of the model, or beside the one file `<file>.sig`. */
export function signatureOf(model: string, signature: string | undefined, { cwd }: Terminal): string {
  if (signature !== undefined) return resolve(cwd, signature);
  const root = resolve(cwd, model);
  return statSync(root, { throwIfNoEntry: false })?.isFile() ? `${root}.sig` : join(root, 'model.sig');
}

const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/;

/** Digests of a flag, `sha256:` and 64 lower-case digits each. @throws CommandError `bad-digest` */
export function readDigests(flag: string, values: readonly string[] | undefined): ReadonlySet<string> {
  return new Set(
    (values ?? []).map((value) => {
      const digest = DIGEST.exec(value)?.[1];
      if (digest !== undefined) return digest;
      const message = `${flag} ${JSON.stringify(value)} is no digest: write sha256: and 64 lower-case hexadecimal digits.`;
      throw new CommandError(ExitCode.usage, 'bad-digest', message);
    }),
  );
}
