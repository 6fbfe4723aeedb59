/** `thalweg model …`: the commands for signed models, in one place. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { describeConformance, signForSuite, verifyForSuite } from './conformance.ts';
import { describeDigest, digest } from './digest.ts';
import { describeInspect, inspect } from './inspect.ts';
import { describeShow, show } from './show.ts';
import { describeSign, sign } from './sign.ts';
import { describeVerify, verify } from './verify.ts';

const EXAMPLES = `
Examples:
  thalweg model sign key models/r1 --private-key signer.pem
  thalweg model verify key models/r1 --public-key signer.pub
  thalweg model verify certificate models/r1 --certificate-chain root.pem --identity models@example.com
  thalweg model show models/r1/model.sig
`;

/** Adds the commands; `end` takes how each ends. */
export function describeModel(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const model = program.command('model').description('sign and verify models (OpenSSF Model Signing v1.0)');
  model.addHelpText('after', EXAMPLES);
  describeSign(model.command('sign'), async (path, options) => end(await sign(path, options, terminal)));
  describeVerify(model.command('verify'), async (method, path, options) =>
    end(await verify(method, path, options, terminal)),
  );
  describeDigest(model.command('digest'), async (path, options) => end(await digest(path, options, terminal)));
  describeInspect(model.command('inspect'), async (path, options) => end(await inspect(path, options, terminal)));
  describeShow(model.command('show'), async (bundle, options) => end(await show(bundle, options, terminal)));
  describeConformance(program.command('sign-model', { hidden: true }), async (options) =>
    end(await signForSuite(options, terminal)),
  );
  describeConformance(program.command('verify-model', { hidden: true }), async (options) =>
    end(await verifyForSuite(options, terminal)),
  );
}
