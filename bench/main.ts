/** Runs benches by name: `npm run bench` measures requests and chunks beside the peers, `npm run bench -- wire plan` others. */
import { existsSync } from 'node:fs';

const named = process.argv.slice(2).filter((word) => !/^\d+$/.test(word));
for (const name of named.length === 0 ? ['proxy'] : named) {
  const file = new URL(`./${name}.ts`, import.meta.url);
  if (!existsSync(file)) throw new Error(`there is no bench "${name}"; look for files in bench/`);
  await import(file.href);
}
