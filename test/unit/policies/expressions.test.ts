/** CEL at load and at run time: what is refused and where, what is decided, and that the closures mean what the library means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/core/headers.ts';
import type { RequestFacts } from '../../../src/core/policy.ts';
import { compileClosure } from '../../../policies/closures.ts';
import { compileExpression, interpret, isAlways, parseExpression } from '../../../policies/expressions.ts';
import { aliasOf, factsOf } from './scene.ts';

const alias = aliasOf([]);
const FACTS = factsOf(alias, {
  model: 'gpt-5',
  stream: true,
  inputTokens: 1200,
  choices: 2,
  needs: 1,
  user: 'ann',
  key: 'app',
  tenant: 'bank',
  headers: viewOf(['x-team', 'red']),
});

const holds = (text: string, facts: RequestFacts = FACTS): boolean | null => {
  const { expression, problem } = compileExpression(text);
  expect(problem).toBeNull();
  return expression!.holds(facts);
};

describe('deciding', () => {
  it.each<[string, boolean | null]>([
    ['true', true],
    ['!request.stream', false],
    ['request.model == "gpt-5" && request.choices == 2', true],
    ['request.model in ["a", "gpt-5"]', true],
    ['request.model.startsWith("gpt-")', true],
    ['request.surface != "openai-chat"', false],
    ['"tools" in request.needs', true],
    ['"images" in request.needs', false],
    ['"nonsense" in request.needs', false],
    ['request.tokens_in >= 1200 && request.tokens_in < 1201', true],
    ['request.tokens_in * 2 > 2000', true],
    ['request.headers["x-team"] == "red"', true],
    ['"x-other" in request.headers', false],
    ['request.headers["x-other"] == "red"', null],
    ['request.headers["x-other"] == "red" || request.stream', true],
    ['request.headers["x-other"] == "red" && !request.stream', false],
    ['request.max_out > 5', null],
    ['has(request.max_out)', false],
    ['key.id == "app" && key.tenant.contains("an")', true],
    ['request.user.size() == 3', true],
    ['request.headers.exists(name, name.startsWith("x-"))', true],
    ['request.needs.all(need, need != "images")', true],
  ])('%s', (text, decided) => {
    expect(holds(text)).toBe(decided);
  });

  it('an open gateway has no key and no user', () => {
    expect(holds('key.id == "" && key.tenant == "" && request.user == ""', factsOf(alias))).toBe(true);
  });

  it('true needs no evaluation', () => {
    expect([isAlways('true'), isAlways(' true\n'), isAlways('!false')]).toEqual([true, true, false]);
  });
});

describe('refusing', () => {
  it.each([
    ['request.model ==', 'expression-syntax', 16],
    ['', 'expression-syntax', 0],
    ['request.stream && request.tokns_in > 3', 'expression-unknown-name', 26],
    ['key.tenent == "a"', 'expression-unknown-name', 4],
    ['reqest.stream', 'expression-unknown-name', 0],
    ['request.stream && request.model == 3', 'expression-type', 18],
    ['request.tokens_in', 'expression-type', 0],
    ['request.model.matches("(a+)+$")', 'expression-refused', 14],
    ['dyn(request.model) == 3', 'expression-refused', 0],
    ['pool.share >= 3', 'not-there-yet', 0],
    ['data.klass >= CONFIDENTIAL', 'expression-unknown-name', 5],
    ['data.class >= "confidential"', 'expression-type', 0],
    ['data.class >= SECRET', 'expression-unknown-name', 14],
    ['request.stream || backend.kind == "local"', 'not-there-yet', 18],
    ['request.headers["X-Team"] == "red"', 'expression-unknown-name', 16],
  ])('%s', (text, code, offset) => {
    const { expression, problem } = compileExpression(text);
    expect(expression).toBeNull();
    expect(problem).toMatchObject({ code, offset });
    expect(problem!.message).not.toMatch(/[.\n]$/);
    expect(problem!.fix.length).toBeGreaterThan(5);
  });

  it('offers the nearest name', () => {
    expect(compileExpression('request.tokns_in > 3').problem?.fix).toBe('Did you mean request.tokens_in?');
    expect(compileExpression('request.stream && reqest.stream').problem?.fix).toBe('Did you mean request?');
    expect(compileExpression('request.headers["X-Team"] == "red"').problem?.fix).toBe('Write "x-team"');
  });

  it('an expression that would take forever to read', () => {
    expect(compileExpression(`${'!'.repeat(5000)}true`).problem?.code).toBe('expression-syntax');
    expect(compileExpression(Array.from({ length: 600 }, () => 'request.stream').join(' && ')).problem?.code).toBe(
      'expression-syntax',
    );
  });
});

describe('closures', () => {
  const word = fc.constantFrom('gpt-5', 'red', 'bank', '', 'x', 'é😀');
  const name = fc.constantFrom('x-team', 'x-other', 'x-third');
  const text = fc.oneof(
    word.map((value) => JSON.stringify(value)),
    fc.constantFrom('request.model', 'request.user', 'request.surface', 'key.id', 'key.tenant'),
    name.map((header) => `request.headers["${header}"]`),
  );
  const count = fc.oneof(
    fc.integer({ min: -5, max: 2000 }).map(String),
    fc.constantFrom('request.tokens_in', 'request.max_out', 'request.choices'),
  );
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('true', 'false', 'request.stream', 'has(request.max_out)'),
      fc.tuple(text, fc.constantFrom('==', '!='), text).map((parts) => parts.join(' ')),
      fc.tuple(count, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), count).map((parts) => parts.join(' ')),
      fc
        .tuple(text, fc.array(word, { minLength: 1, maxLength: 3 }))
        .map(([a, list]) => `${a} in ${JSON.stringify(list)}`),
      name.map((header) => `"${header}" in request.headers`),
      fc.constantFrom('tools', 'images', 'none').map((need) => `"${need}" in request.needs`),
      fc
        .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains'), text)
        .map(([a, method, b]) => `${a}.${method}(${b})`),
      tie('condition').map((inner) => `!(${inner})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
    ),
  }));
  const request = fc.record({
    model: word,
    stream: fc.boolean(),
    inputTokens: fc.nat(2000),
    maxOutputTokens: fc.option(fc.nat(2000)),
    choices: fc.nat(3),
    needs: fc.nat(3),
    user: fc.option(word),
    key: fc.option(word),
    tenant: fc.option(word),
    headers: fc.array(fc.tuple(name, word)).map((pairs) => viewOf(new Map(pairs).entries().toArray().flat())),
  });

  it('decide what the library decides, to the last null', () => {
    let covered = 0;
    fc.assert(
      fc.property(condition, request, (source, own) => {
        const parsed = parseExpression(source);
        const facts = factsOf(alias, own);
        const closure = compileClosure(parsed.ast);
        if (closure === null) return;
        covered++;
        expect(closure(facts)).toBe(interpret(parsed, facts));
      }),
      { numRuns: 2000 },
    );
    expect(covered).toBeGreaterThan(1000);
  });
});
