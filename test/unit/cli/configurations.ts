/** Configurations for the tests of commands. */

/** The smallest useful file. */
export const SMALLEST = `backends:
  up: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: "*" }
models:
  "*": { backends: [up] }
`;

/** Two backends, one of which a constraint keeps out, keys, and a test that holds. */
export const JUDGED = `backends:
  home:
    provider: vllm
    url: "http://127.0.0.1:9/v1"
    model: r1
    facts: { compute.countries: [DE] }
    price: { input: 2, output: 4 }
  away:
    provider: vllm
    url: "http://127.0.0.1:10/v1"
    model: r1
    facts: { compute.countries: [US] }
    price: { input: 1, output: 2 }
models:
  assistant: { backends: [away, home] }
constraints:
  - { id: stay, require: { compute.countries: { subset: [DE, FR] } } }
keys:
  app: { hash: "sha256:${'0'.repeat(64)}", models: [assistant] }
tests:
  - { name: stays, given: { model: assistant }, expect: { eligible: [home] } }
`;

/** The same with a test that does not hold. */
export const FAILING = JUDGED.replace('eligible: [home]', 'first: away');
