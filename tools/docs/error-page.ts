/** Prints docs/errors.md from the error table and from what an OpenAI client is sent: `node tools/docs/error-page.ts`. */
import { GatewayError } from '../../src/core/gateway-error.ts';
import { ERROR_ROWS, type ErrorCode, type FailureClass } from '../../src/core/error-codes.ts';
import { writeError } from '../../src/wire/codec/openai-error.ts';

const HEAD = `# Errors

Generated from \`src/core/error-codes.ts\` by \`npm run docs:errors\`; do not edit.

Every error names a stable code: in the header \`x-thalweg-code\`, in the access log, and in the body under
\`error.thalweg.code\`. The field \`error.code\` carries what OpenAI clients match on where they have a word of their own for the
case, otherwise the same code. The message says what is wrong and how to mend it; \`error.param\` says where.

\`\`\`json
${example()}
\`\`\`

**Again?** says whether the same request may be sent again: where it says no after a failover that tried everything, the header
\`x-should-retry: false\` tells SDKs so. Where a wait is known, \`retry-after\` carries it. **Next attempt** says whether the
gateway itself moves on to the next backend of the plan, as long as nothing of the answer has been sent.
`;

const MOVES: Readonly<Record<FailureClass, string>> = {
  connect: 'yes',
  reset: 'yes',
  timeout: 'yes',
  'rate-limit': 'yes, and this backend rests',
  overload: 'yes',
  server: 'yes',
  malformed: 'yes',
  auth: 'yes, and this backend rests',
  context: 'only to a model that is known to read more',
};

/** A whole error as a client gets it. */
function example(): string {
  const error = new GatewayError('model-not-found', 'The model "gpt-5-mimi" is not configured here.', {
    where: 'model',
    hint: 'Did you mean "gpt-5-mini"?',
    facts: { nearest: ['gpt-5-mini'] },
  });
  return JSON.stringify(writeError(error).body, null, 2);
}

function codes(): ErrorCode[] {
  return (Object.keys(ERROR_ROWS) as ErrorCode[]).sort();
}

/** The codes in one table, for finding; the statuses are those before the answer began. */
function overview(): string {
  const lines = codes().map(
    (code) => `| [${code}](#${code}) | ${ERROR_ROWS[code].status} | ${ERROR_ROWS[code].title} |`,
  );
  return ['| code | status | what happened |', '| --- | --- | --- |', ...lines].join('\n');
}

function section(code: ErrorCode): string {
  const { status, retryable, failure, title, hint } = ERROR_ROWS[code];
  const { body } = writeError(new GatewayError(code));
  const sent = body['error'] as { readonly type: string; readonly code: string };
  const shown =
    code === 'client-gone' ? 'nothing: nobody listens any more' : `\`type: ${sent.type}\`, \`code: ${sent.code}\``;
  return [
    `### ${code}`,
    '',
    `${title}. ${hint}`,
    '',
    `- Status: ${status}${code === 'upstream-rejected' ? ', or the 4xx that the upstream chose' : ''}`,
    `- Again? ${retryable ? 'yes' : 'no'}`,
    `- Next attempt: ${failure === null ? 'no' : MOVES[failure]}`,
    `- An OpenAI client sees: ${shown}`,
  ].join('\n');
}

process.stdout.write(`${[HEAD, overview(), ...codes().map(section)].join('\n\n').replaceAll('\n\n\n', '\n\n')}\n`);
