/** OpenAI's published schemas, as far as the corpus holds them. */
import * as z from 'zod';
import { readMaterial } from './material.ts';

type Schemas = Parameters<typeof z.fromJSONSchema>[0];

/** A check of one schema by its name; the issues found, an empty list when it fits. Vendors' own service tiers are let through. */
export function createSchemaCheck(name: string): (body: object) => readonly string[] {
  const material = readMaterial('wire/schemas/openai-subset.json') as { components: { schemas: object } } | null;
  if (material === null) return () => [];
  const definitions = JSON.stringify(material.components.schemas).replaceAll('#/components/schemas/', '#/$defs/');
  const schema = z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs: JSON.parse(definitions) as object } as Schemas);
  return (body) => {
    const { service_tier: _, ...rest } = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
    return (schema.safeParse(rest).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
}
