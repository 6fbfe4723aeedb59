/** A small real model in a folder of its own, signed, and the ways in which it is tampered with. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf } from '../../src/trust/manifest.ts';
import { signManifest } from '../../src/trust/sign.ts';
import { hashModel } from '../../src/trust/node/hash-model.ts';
import { readSigningKey } from '../../src/crypto/node/signing-key.ts';
import { TINY, writeRandomModel } from '../models/random-qwen2.ts';
import { makeKey, privatePem, publicPem, type KeyPair } from './certificates.ts';
import { makeFolder } from './folder.ts';

/** A signed model. */
export interface SignedModelFolder {
  /** The folder of the model; the public key lies beside it as `models.pub`. */
  readonly root: string;
  readonly publicKey: string;
  readonly key: KeyPair;
  /** The weights as they were signed. */
  readonly weights: Uint8Array;
  /** Signs what is there now. Returns the root digest, lower-case hexadecimal. */
  sign(): Promise<string>;
  write(name: string, content: string | Uint8Array): void;
  remove(name: string): void;
}

/** Makes one and signs it. */
export async function makeSignedModel(): Promise<SignedModelFolder> {
  const folder = makeFolder();
  const root = join(folder, 'r1');
  mkdirSync(root);
  const key = makeKey();
  const weights = writeRandomModel({ ...TINY, type: 'Q8_0' });
  const publicKey = join(folder, 'models.pub');
  writeFileSync(publicKey, publicPem(key));
  const model: SignedModelFolder = {
    root,
    publicKey,
    key,
    weights,
    async sign() {
      const signing = readSigningKey(privatePem(key), null);
      const skip = (name: string): boolean => name === 'model.sig';
      const manifest = manifestOf(await hashModel(root, { skip }), ['model.sig']);
      const signed = await signManifest(manifest, 'r1', {
        publicKey: signing.publicKey,
        chain: null,
        sign: signing.sign,
      });
      writeFileSync(join(root, 'model.sig'), signed.bundle);
      return signed.rootDigest;
    },
    write: (name, content) => writeFileSync(join(root, name), content),
    remove: (name) => rmSync(join(root, name)),
  };
  model.write('r1.gguf', weights);
  model.write('config.json', '{ "model_type": "qwen2" }\n');
  await model.sign();
  return model;
}

/** The bytes with one bit turned. */
export function turnBit(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[copy.length - 100]! ^= 1;
  return copy;
}
