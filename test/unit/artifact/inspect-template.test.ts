/** The template lint: published templates pass, what reaches out of a template is named, and no text makes it slow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintTemplate } from '../../../src/artifact/inspect-template.ts';

const lint = (text: string): [string, string][] =>
  lintTemplate({ file: 'm.gguf', where: 'tokenizer.chat_template', text }).map(({ level, message }) => [
    level,
    message,
  ]);

const CHATML = `{%- for message in messages %}{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message.content is string and '</think>' in message.content %}
{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}
{{- content | trim }}{{- '<|im_end|>' + '\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}{# https://example.org #}`;

describe('lintTemplate', () => {
  it('finds nothing in a template of the usual kind', () => {
    expect(lint(CHATML.replace('https://example.org', 'a comment'))).toEqual([]);
    expect(lint("{% set ns = namespace(found=false) %}{{ messages[loop.index0 - 1]['content'] }}")).toEqual([]);
    expect(lint('plain text with __dunder__ and {braces}')).toEqual([]);
  });

  it.each([
    ["{{ ''.__class__.__mro__ }}", /internal attribute/],
    ["{{ x['__globals__'] }}", /internal attribute/],
    ["{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}", /escapes/],
    ["{{ x|attr('y') }}", /attr/],
    ['{{ x | map(attribute=y) }}', /attr/],
    ["{{ x['a' ~ 'b'] }}", /together/],
    ["{{ x['%s' % y] }}", /together/],
    ["{% import 'x' as y %}", /another template/],
    ["{% include 'x' %}", /another template/],
    ['{{ cycler.next }}', /cycler/],
    ['{{ lipsum() }}', /lipsum/],
    ["{{ '}}' ~ x.__init__ }}", /internal attribute/],
    ['{{ x.__init__ ', /internal attribute/],
    ['{# a #}{{ a.__b }}{# b #}', /internal attribute/],
    ['x'.repeat(300_000), /more than/],
  ])('refuses %#', (text, message) => {
    expect(lint(text)).toContainEqual(['refuse', expect.stringMatching(message)]);
  });

  it.each([
    ["{% if 'election' in messages[-1].content %}x{% endif %}", /election/],
    ["{% if message['content'] == 'secret word' %}x{% endif %}", /secret word/],
    ["{% if message.content.startswith('weather') %}x{% endif %}", /weather/],
    [`{{ '${'You must '.repeat(30)}' }}`, /text of/],
    ['see https://evil.example/x', /address/],
    [`{{ '${'QUJD'.repeat(30)}' }}`, /encoded/],
  ])('warns of %#', (text, message) => {
    expect(lint(text)).toContainEqual(['warn', expect.stringMatching(message)]);
  });

  it('ends soon whatever the text is', () => {
    const pieces = [
      '{{',
      '}}',
      '{%',
      '%}',
      "'",
      '"',
      '\\',
      '[',
      ']',
      "''",
      '~',
      '+',
      'content.',
      ' in ',
      '|',
      ' ',
      '{#',
      '__',
      'http:',
    ];
    for (const piece of pieces) {
      for (const start of ['', '{{ ', "{{ ['", "{{ 'abc' in "]) {
        const began = performance.now();
        lint((start + piece.repeat(262_144)).slice(0, 262_144));
        expect(performance.now() - began).toBeLessThan(1500);
      }
    }
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, 'abc'), { maxLength: 200 }), (words) => {
        lint(words.join(''));
      }),
    );
  });
});
