/** Looks whether the files that the section `trust` names are there: what is trusted must be, models may come later. */
import { stat } from 'node:fs/promises';
import type { ConfigFinding, ConfigPath, WholeConfig } from '../../core/config.ts';
import { compileTrust } from '../compile.ts';
import type { ArtifactTerms } from '../terms.ts';
import { TrustError } from '../trust-error.ts';
import { openAnchor } from './open-anchor.ts';
import { placeOf } from './verify-artifact.ts';

/**
 * Findings at their places. A key, chain or trusted root that cannot be used is an error; a model or signature that is not there is a
 * warning, because its route stays closed until it comes.
 * @param folder where relative paths start
 */
export async function checkTrustFiles(whole: WholeConfig, folder: string): Promise<readonly ConfigFinding[]> {
  const found = await Promise.all(compileTrust(whole).map((terms) => checkArtifact(terms, folder)));
  return found.flat();
}

async function checkArtifact(terms: ArtifactTerms, folder: string): Promise<ConfigFinding[]> {
  const at = ['trust', 'models', terms.id];
  const findings: ConfigFinding[] = [];
  try {
    await openAnchor(terms.signer, folder);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    findings.push({
      at: [...at, 'signer', fieldOf(terms)],
      code: error.rule,
      message: `${error.where}: ${error.what}`,
      fix: error.rule === 'trust-root-missing' ? 'check the path, which starts at this file' : error.remedy,
    });
  }
  const { root, signature } = await placeOf(terms, folder);
  const isThere = await stat(root).then(
    () => true,
    () => false,
  );
  if (!isThere) findings.push(absent([...at, 'path'], root, 'model'));
  else if (!(await stat(signature).catch(() => null))?.isFile()) {
    findings.push(absent(terms.signature === null ? [...at, 'path'] : [...at, 'signature'], signature, 'signature'));
  }
  return findings;
}

function absent(at: ConfigPath, path: string, what: string): ConfigFinding {
  const message = `there is no ${what} at ${path}; its routes stay closed until it is there and verified`;
  return { at, code: `missing-${what}`, level: 'warning', message, fix: 'check the path, which starts at this file' };
}

function fieldOf({ signer }: ArtifactTerms): string {
  return signer.method === 'key' ? 'key' : signer.method === 'certificate' ? 'chain' : 'trusted_root';
}
