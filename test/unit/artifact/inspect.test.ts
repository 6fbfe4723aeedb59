/** Inspection before load: what may not be loaded is refused by rule and file, and no bytes make it crash or linger. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import {
  createInspector,
  INSPECT_POLICY,
  type Inspection,
  type InspectPolicy,
  mayLoad,
} from '../../../src/artifact/inspect.ts';
import { webDigest } from '../../../src/crypto/digest.ts';
import { writeGguf } from '../../models/gguf-writer.ts';

const encoder = new TextEncoder();
const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const TEMPLATE = "{{ messages[0]['content'] }}";
const SHA256 = await webDigest.sha256(TEMPLATE);

async function inspect(
  files: Readonly<Record<string, string | Uint8Array>>,
  policy: Partial<InspectPolicy> = {},
): Promise<Inspection> {
  const inspector = createInspector({ ...INSPECT_POLICY, ...policy }, webDigest);
  for (const [name, content] of Object.entries(files)) {
    inspector.add(name, bytesSource(typeof content === 'string' ? encoder.encode(content) : content));
  }
  return inspector.finish();
}

/** Rules and files of what is refused. */
async function refused(files: Readonly<Record<string, string | Uint8Array>>, policy: Partial<InspectPolicy> = {}) {
  const { findings } = await inspect(files, policy);
  for (const { message, remedy } of findings) expect(`${message}${remedy}`).not.toBe('');
  return findings.filter(({ level }) => level === 'refuse').map(({ rule, file }) => [rule, file]);
}

function safetensors(header: string, dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(encoder.encode(header), 8);
  return bytes;
}

const SAFE = safetensors('{"a":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}', 8);
const gguf = writeGguf(
  {
    'general.architecture': { type: 'string', value: 'llama' },
    'llama.context_length': { type: 'u64', value: 512 },
    'tokenizer.chat_template': { type: 'string', value: TEMPLATE },
  },
  [{ name: 'one', shape: [32, 2], type: 'F32', values: new Float32Array(64).fill(1) }],
);

describe('inspection', () => {
  it('reads what sound weights say and finds nothing', async () => {
    const { findings, weights, templates } = await inspect({
      'a.gguf': gguf,
      'b.safetensors': SAFE,
      'config.json': '{"limit":[0.0,Infinity],"x":NaN}',
      'README.md': '# Model\n',
    });
    expect(findings).toEqual([]);
    expect(weights).toEqual([
      {
        file: 'a.gguf',
        format: 'gguf',
        tensors: 1,
        parameters: 64,
        architecture: 'llama',
        quantisation: 'F32',
        contextTokens: 512,
      },
      {
        file: 'b.safetensors',
        format: 'safetensors',
        tensors: 1,
        parameters: 4,
        architecture: null,
        quantisation: 'BF16',
        contextTokens: null,
      },
    ]);
    expect(templates).toEqual([{ file: 'a.gguf', where: 'tokenizer.chat_template', sha256: SHA256 }]);
  });

  it.each<[string, string, string | Uint8Array]>([
    ['pickle', 'pytorch_model.bin', 'anything'],
    ['pickle', 'model.PT', ''],
    [
      'pickle',
      'weights',
      latin('\u0080\u0004\u0095\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u008c\u0005posix\u0093.'),
    ],
    ['pickle', 'model.safetensors', latin('\u0080\u0002cposix\nsystem\nq\u0000X\u0002\u0000\u0000\u0000id\u0085R.')],
    ['pickle', 'model.gguf', "cos\nsystem\n(S'id'\ntR."],
    ['pickle', 'weights', "(S'id'\nios\nsystem\n."],
    ['pickle', 'broken', "cos\nsystem\n(S'id'\ntR\u0000garbage"],
    ['pickle', 'config.json', latin('\u0080\u0003}q\u0000.')],
    ['pickle', 'x.npy', ''],
    ['pickle', 'x', latin('\u0093NUMPY\u0001\u0000')],
    ['archive', 'model.ckpt.zip', ''],
    ['archive', 'model', latin('PK\u0003\u0004....')],
    ['archive', 'x.json', latin('\u001f\u008b\u0008\u0000')],
    ['archive', 'x', latin('7z\u00bc\u00af\u0027\u001c')],
    ['archive', 'x', latin(`${'\u0000'.repeat(257)}ustar\u000000`)],
    ['code', 'modeling_evil.py', 'print(1)'],
    ['code', 'lib.so.1', ''],
    ['code', 'saved_model.pb', ''],
    ['code', 'run', '#!/bin/sh\n'],
    ['code', 'x.txt', latin('\u007fELF\u0002')],
    ['wrong-format', 'model.gguf', 'just text'],
    ['bad-safetensors', 'model.safetensors', '{"not":"safetensors"}'],
    ['bad-json', 'config.json', '{"a":1,"a":2}'],
    ['bad-json', 'config.json', '{"a":'],
    ['bad-json', 'config.json', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['bad-json', 'tokenizer_config.json', `{"a":"${'x'.repeat(5 << 20)}"}`],
    ['remote-code', 'config.json', '{"auto_map":{"AutoModel":"modeling.X"}}'],
    ['remote-code', 'a/b.json', '{"x":[{"\\u0061uto_map":{}}]}'],
    ['remote-code', 'tokenizer_config.json', '{"trust_remote_code":true}'],
    ['remote-code', 'config.json', '{"custom_pipelines":{}}'],
    ['remote-code', 'modules.json', '[{"type":"evil.Module"}]'],
    ['template-code', 'chat_template.jinja', "{{ ''.__class__ }}"],
    ['template-code', 'chat_template.jinja', latin('\u00ff')],
    ['template-code', 'tokenizer_config.json', '{"chat_template":[{"name":"tool","template":"{{ x.__y }}"}]}'],
    ['template-code', 'chat_template.json', '{"chat_template":{"default":"{{ x.__y }}"}}'],
    ['bad-index', 'model.safetensors.index.json', '{"weight_map":{"a":"../other.safetensors"}}'],
  ])('refuses %s: %s', async (rule, name, content) => {
    expect(await refused({ [name]: content })).toContainEqual([rule, name]);
  });

  it('refuses a GGUF under another name and a ZIP behind a GGUF', async () => {
    expect(await refused({ 'm.safetensors': gguf })).toContainEqual(['wrong-format', 'm.safetensors']);
    const end = latin(`PK\u0005\u0006${'\u0000'.repeat(18)}`);
    expect(await refused({ 'm.gguf': Uint8Array.of(...gguf, ...end) })).toEqual([['archive', 'm.gguf']]);
  });

  it('takes a GGUF without an extension for one, as stores keep them', async () => {
    expect((await inspect({ 'sha256-00': gguf })).weights).toHaveLength(1);
  });

  it('takes no header of safetensors for a pickle, whatever its length', async () => {
    for (const length of [0x280, 0x380, 0x480, 0x580, 0x10280, 0x20580]) {
      const header = `${'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.padEnd(length, ' ')}`;
      expect(await refused({ 'm.safetensors': safetensors(header, 1) })).toEqual([]);
    }
  });

  it('allows only the formats of the policy', async () => {
    expect(await refused({ 'a.gguf': gguf, 'b.safetensors': SAFE }, { formats: ['gguf'] })).toEqual([
      ['format-not-allowed', 'b.safetensors'],
    ]);
  });

  it('demands the pinned template to the letter, and then lints nothing', async () => {
    const odd = '{{ x.__class__ }}';
    expect(await refused({ 'm.gguf': gguf }, { templates: [SHA256] })).toEqual([]);
    expect(await refused({ 'chat_template.jinja': `${TEMPLATE} ` }, { templates: [SHA256] })).toEqual([
      ['template-not-pinned', 'chat_template.jinja'],
    ]);
    expect(await refused({ 'chat_template.jinja': odd }, { templates: [await webDigest.sha256(odd)] })).toEqual([]);
  });

  it('lets excused files through as warnings, and only those', async () => {
    const files = { 'a.py': '', 'b.py': '', 'm.safetensors': SAFE };
    const inspection = await inspect(files, { excuses: [{ rule: 'code', file: 'a.py' }] });
    expect(inspection.findings.map(({ level, file }) => [level, file])).toEqual([
      ['warn', 'a.py'],
      ['refuse', 'b.py'],
    ]);
    expect(mayLoad(inspection)).toBe(false);
    expect(mayLoad(await inspect({ 'm.safetensors': SAFE }))).toBe(true);
  });

  it('says what it did not look into', async () => {
    const { findings } = await inspect({
      'tokenizer.model': '\n',
      'model.safetensors.index.json': '{"weight_map":{}}',
    });
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([
      ['not-inspected', 'note'],
      ['no-weights', 'warn'],
    ]);
  });
});

describe('fuzzing', () => {
  const name = fc.constantFrom('m.gguf', 'm.safetensors', 'm', 'config.json', 'chat_template.jinja');
  const huge = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n);
  const seeds = (): readonly Uint8Array[] => [
    gguf,
    SAFE,
    encoder.encode('{"chat_template":"{{ x }}","weight_map":{"a":"b"}}'),
  ];

  it('never throws on mutated, cut or overblown files, and soon comes to an end', async () => {
    const began = performance.now();
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.nat(2),
        fc.array(fc.record({ at: fc.nat(600), bytes: fc.uint8Array({ maxLength: 4 }) }), { maxLength: 6 }),
        fc.option(fc.record({ at: fc.nat(600), value: huge })),
        fc.option(fc.nat(600)),
        async (file, seed, patches, count, cut) => {
          const bytes = (seeds()[seed] ?? gguf).slice();
          for (const patch of patches) if (patch.at + 4 < bytes.length) bytes.set(patch.bytes, patch.at);
          if (count !== null && count.at + 8 < bytes.length) {
            new DataView(bytes.buffer).setBigUint64(count.at, count.value, true);
          }
          const { findings } = await inspect({ [file]: bytes.subarray(0, cut ?? bytes.length) });
          for (const { message } of findings) expect(message.length).toBeLessThan(500);
        },
      ),
      { numRuns: 3000 },
    );
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it('never throws on any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array({ maxLength: 300 }), async (file, bytes) => {
        await inspect({ [file]: bytes });
      }),
    );
  });
});
