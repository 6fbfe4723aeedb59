/** Schemas of the sections `classify` and `defaults`, and the words for classes and labels. */
import * as z from 'zod';
import type { ClassifyConfig, DefaultsConfig } from '../../src/core/config.ts';
import { parseSize, SIZE_FORM } from '../../src/core/units.ts';
import { DETECTOR_IDS } from './detectors.ts';

/** Names of classes in the file. */
export const classWord = z.enum(['public', 'internal', 'confidential', 'restricted']);

/** A label such as `pii`. */
export const labelWord = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, { error: 'use small letters, digits, _ and -, beginning with a letter' });

const MiB = 1024 ** 2;

const entry = z
  .strictObject({
    detect: z
      .array(z.enum(DETECTOR_IDS))
      .min(1)
      .optional()
      .describe(
        'Detectors that look at every text of a request, names of files and arguments and results of tools too.',
      ),
    when: z.string().optional().describe('CEL over request.* and key.*, instead of detectors.'),
    header: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, { error: 'this must be the name of a header in small letters' })
      .optional()
      .describe('A header that says the class and labels, besides x-thalweg-data-class. It can only raise.'),
    min: classWord.optional().describe('The least class of such a request.'),
    label: labelWord.optional().describe('A label of such a request.'),
  })
  .superRefine(({ detect, when, header, min, label }, context) => {
    const sources = [detect, when, header].filter((source) => source !== undefined).length;
    const say = (message: string, fix: string): void =>
      void context.addIssue({ code: 'custom', message, params: { code: 'bad-classify', fix } });
    if (sources !== 1) say('this must have exactly one of detect, when and header', 'split it, or add one');
    else if (header === undefined && min === undefined && label === undefined) {
      say('this changes nothing', 'add min, for example: min: confidential, or a label');
    } else if (header !== undefined && (min !== undefined || label !== undefined)) {
      say('a header says class and labels itself', 'remove min and label');
    }
  }) satisfies z.ZodType<ClassifyConfig>;

/** `classify:`; absent = nothing is looked at. */
export const classifySchema = z
  .array(entry)
  .default([])
  .describe('What raises the class of a request; all that apply count, in whatever order.')
  .meta({ examples: [[{ detect: ['iban', 'card'], min: 'confidential', label: 'pii' }]] }) satisfies z.ZodType<
  readonly ClassifyConfig[]
>;

/** `defaults:`; absent = internal, fail closed. */
export const defaultsSchema = z
  .strictObject({
    class: classWord.default('internal').describe('The class of a request of which nothing is known.'),
    on_error: z
      .enum(['deny', 'allow'])
      .default('deny')
      .describe('deny: what cannot be looked at counts as the highest class; allow: as nothing.'),
    unreadable: classWord
      .optional()
      .describe(
        'The class of pictures, sound and files that cannot be read; absent = the highest that the file names.',
      ),
    scan: z
      .string()
      .regex(SIZE_FORM, { error: 'this must be a size: a whole number with B, KiB, MiB or GiB' })
      .meta({ examples: ['1MiB'] })
      .transform((text) => parseSize(text) ?? 0)
      .refine((bytes) => bytes >= 1024 && bytes <= 16 * MiB, {
        error: 'this must be from 1KiB to 16MiB',
        params: { code: 'out-of-range', fix: 'write 1MiB' },
      })
      .prefault('1MiB')
      .describe('Largest body that detectors look at; a larger one counts as unreadable. A size.'),
  })
  .prefault({})
  .describe('What holds where nothing else is said.') satisfies z.ZodType<DefaultsConfig>;
