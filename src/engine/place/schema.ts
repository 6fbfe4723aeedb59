/** Schema of what a file may state of a backend: each fact bare, or with its evidence. */
import * as z from 'zod';
import { country, day } from '../../core/schema.ts';

/** A fact as its bare value, or with its evidence. */
function fact<S extends z.ZodType>(value: S) {
  const evidence = z.strictObject({
    value: value.describe('The fact itself.'),
    grade: z
      .enum(['declared', 'contractual'])
      .default('declared')
      .describe('How it is known; what answers report or machines attest is not for the file to say.'),
    source: z.string().min(1).optional().describe('Who says so: a URL, a contract.'),
    as_of: day.optional().describe('Date of the evidence, YYYY-MM-DD.'),
    expires: day.optional().describe('The last day on which it counts, YYYY-MM-DD; afterwards it is unknown.'),
  });
  return z.union([value, evidence]).exactOptional();
}

const countries = z.array(country).min(1);
const name = z.string().min(1);
const cert = z.union([
  name,
  z.strictObject({
    id: name.describe('Its name.'),
    expires: day.optional().describe('The last day on which it counts, YYYY-MM-DD.'),
  }),
]);

/** `facts` of a backend. */
export const factsSchema = z.strictObject({
  'operator.country': fact(country).describe('Country of the company that runs it, ISO 3166-1 alpha-2.'),
  'operator.control': fact(countries).describe('Every country whose law can compel its operator or a parent of it.'),
  'operator.group': fact(name).describe('The group of companies that its operator belongs to.'),
  'compute.countries': fact(countries).describe('Every country that it may compute in, ISO 3166-1 alpha-2.'),
  'storage.countries': fact(countries).describe('Every country that prompts or answers may be stored in.'),
  'metadata.countries': fact(countries).describe('Every country that telemetry and billing data may be in.'),
  retention_days: fact(z.number().int().nonnegative()).describe('Days that prompts or answers are kept; 0 = not kept.'),
  trains_on_data: fact(z.boolean()).describe('Whether prompts or answers are used for training.'),
  human_review: fact(z.boolean()).describe('Whether people may read prompts or answers.'),
  certs: fact(z.array(cert)).describe('Certificates, by name or { id, expires }; one that has expired is not there.'),
  'sovereignty.seal': fact(z.number().int().min(0).max(4)).describe(
    'SEAL level of the EU Cloud Sovereignty Framework, 0 to 4.',
  ),
  'model.origin': fact(country).describe('Country of the company that made the model.'),
  'model.licence': fact(name).describe('Licence of the model.'),
  network: fact(z.enum(['public', 'private-link', 'perimeter'])).describe('How it is reached.'),
  accelerator: fact(name).describe('What it computes on.'),
});
