/** What each detector finds, what it leaves alone, and that no text makes it slow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/data-class.ts';
import { DETECTORS, type DetectorId } from '../../../../policies/classify/detectors.ts';
import { Reading } from '../../../../policies/classify/reading.ts';
import { ADVERSARIAL } from './adversarial.ts';

function find(id: DetectorId, text: string): readonly Finding[] {
  const out: Finding[] = [];
  DETECTORS[id].inspect(text, 'here', out);
  return out;
}

/** One of each kind that is found. */
const SAMPLES = [
  'DE89 3704 0044 0532 0130 00',
  '4242 4242 4242 4242',
  '078-05-1120',
  'jane.doe@example.org',
  '+49 30 901820',
  '8.8.8.8',
  '2001:4860:4860::8888',
  'sk-ant-api03-AbC123dEf456GhI789jKl012',
  'key wJalrXUtnFEMI/K7MDENG/bPxRfiCY1234567890',
  '12345678Z',
];

describe('detectors', () => {
  it.each<[DetectorId, string, number]>([
    ['iban', 'IBAN DE89370400440532013000', 1],
    ['iban', 'x GB82 WEST 1234 5698 7654 32.', 1],
    ['iban', 'DE88370400440532013000', 0],
    ['iban', 'fr14 2004 1010 0505 0001 3M02 606', 1],
    ['card', '4242 4242 4242 4242', 1],
    ['card', '378282246310005', 1],
    ['card', '3782 822463 10005 12/26', 1],
    ['card', '5555555555554444 123', 1],
    ['card', '4242424242424241', 0],
    ['card', '30569309025904', 1],
    ['card', '6011111111111117', 1],
    ['card', '3530111333300000', 1],
    ['ssn', '078-05-1120', 1],
    ['ssn', 'SSN: 219099999', 1],
    ['ssn', '219099999', 0],
    ['ssn', '666-12-3456', 0],
    ['ssn', '9078-05-1120', 0],
    ['email', 'jane.doe+x@mail.example.co.uk, b', 1],
    ['email', 'a@b', 0],
    ['email', 'x@1.2.3.4', 0],
    ['email', '@media', 0],
    ['phone', '+49 30 901820', 1],
    ['phone', '(415) 555-2671', 1],
    ['phone', 'call 415-555-2671', 1],
    ['phone', 'Tel.: 030 901820', 1],
    ['phone', '030 901820', 0],
    ['phone', '1+23', 0],
    ['public_ip', '8.8.8.8', 1],
    ['public_ip', '10.0.0.1', 0],
    ['public_ip', 'version 1.2.3.4', 0],
    ['public_ip', '2001:4860:4860::8888', 1],
    ['public_ip', '1.2.3.4.5', 0],
    ['public_ip', '2a00:1450:4001:82a::200e and 2600::1.', 2],
    ['public_ip', '2001:db8::1 2600:::1 2600::1::2 2600:1:2:3:4:5:6:7:8 26000::1', 0],
    ['public_ip', 'a Release: 8.8.8.8', 0],
    ['public_ip', 'est. 8.8.8.8', 1],
    ['public_ip', '192.168.1.1', 0],
    ['jwt', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.abcDEF-_', 1],
    ['jwt', 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.x', 1],
    ['private_key', '-----BEGIN PRIVATE KEY-----', 1],
    ['private_key', '-----BEGIN OPENSSH PRIVATE KEY-----', 1],
    ['private_key', '-----BEGIN PUBLIC KEY-----', 0],
    ['secret_key', 'sk-ant-api03-AbC123dEf456GhI789jKl012', 1],
    ['secret_key', 'AKIAIOSFODNN7EXAMPL2', 0],
    ['secret_key', 'AKIA1OSFODNN73XAMPL2', 1],
    ['secret_key', 'sk-this-is-a-class-name-of-css', 0],
    ['secret_key', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY1234567890', 1],
    ['secret_key', 'ghp_' + 'a1B2'.repeat(9), 1],
    ['eu_national_id', '12345678Z', 1],
    ['eu_national_id', 'X1234567L', 1],
    ['eu_national_id', 'RSSMRA85T10A562S', 1],
    ['eu_national_id', '131052-308T', 1],
    ['eu_national_id', '131052A308T', 1],
    ['eu_national_id', '131052A308U', 0],
    ['eu_national_id', 'IdNr 86 095 742 719', 1],
    ['eu_national_id', '86095742719', 0],
    ['eu_national_id', 'BSN 111222333', 1],
    ['eu_national_id', 'PESEL 44051401359', 1],
    ['eu_national_id', '85.07.30-033.28', 1],
    ['eu_national_id', '1234567FA', 1],
    ['eu_national_id', '811228-9874', 1],
    ['eu_national_id', '19811228-9874', 1],
    ['eu_national_id', 'CPR 070761-4285', 1],
    ['eu_national_id', 'OIB 69435151530', 1],
    ['eu_national_id', 'isikukood 38001085718', 1],
    ['eu_national_id', 'AFM 094014201', 1],
    ['eu_national_id', 'CNP 1630615123457', 1],
    ['eu_national_id', 'EGN 7523169263', 1],
    ['eu_national_id', 'RC 780123/3540', 1],
    ['eu_national_id', 'NIF 501442600', 1],
    ['eu_national_id', 'SVNR 1237 010180', 1],
    ['eu_national_id', 'EMSO 0101006500006', 1],
    ['eu_national_id', 'TAJ 111111110', 1],
    ['eu_national_id', '255081416802538', 1],
    ['eu_national_id', '2 55 08 14 168 025 38', 1],
    ['eu_national_id', 'personas kods 161175-19997', 1],
    ['eu_national_id', 'personas kods 161175-19998', 0],
    ['eu_national_id', 'personas kods 32345612345', 1],
    ['eu_national_id', '161175-19997', 0],
    ['eu_national_id', 'matricule 1893120105732', 1],
    ['eu_national_id', '1893120105732', 1],
    ['eu_national_id', '1893120105731', 0],
    ['eu_national_id', '1893120105742', 0],
    ['eu_national_id', 'asmens kodas 33309240064', 1],
    ['eu_national_id', 'karta tal-identita 1234567M', 1],
    ['eu_national_id', '1234567M', 0],
    ['eu_national_id', 'TIC 10259033P', 1],
    ['eu_national_id', 'TIC 10259033Q', 0],
    ['eu_national_id', 'RSSMRA85T10A56NH', 1],
    ['eu_national_id', 'RSSMRA85T10A56NI', 0],
    ['eu_national_id', 'order 20261123 4821', 0],
  ])('%s in %j: %i', (id, text, count) => {
    const found = find(id, text);
    expect(found).toHaveLength(count);
    for (const { detector, field, offset, length } of found) {
      expect({ detector, field }).toEqual({ detector: id, field: 'here' });
      expect(offset >= 0 && length > 0 && offset + length <= text.length).toBe(true);
    }
  });

  it('says where the finding stands, and nothing of what it is', () => {
    const [finding] = find('iban', 'to DE89 3704 0044 0532 0130 00 now');
    expect(finding).toEqual({ detector: 'iban', field: 'here', offset: 3, length: 27, confidence: 1 });
  });
});

/**
 * What a detector does with a text, counted: what it asks the reading for, one unit or one bound of a number at a time, what searches in
 * the text pass over, and what copies copy.
 */
function stepsOf(id: DetectorId, text: string): number {
  let steps = 0;
  const reading = new Reading(text);
  for (const name of ['units', 'bounds'] as const) {
    const get = (target: Uint8Array | Int32Array, at: string | symbol): unknown => {
      steps++;
      return Reflect.get(target, at, target);
    };
    Object.defineProperty(reading, name, { value: new Proxy(reading[name], { get }) });
  }
  const { indexOf, includes, slice } = String.prototype;
  const { exec } = RegExp.prototype;
  String.prototype.indexOf = function (wanted, from = 0) {
    const found = indexOf.call(this, wanted, from);
    steps += (found < 0 ? this.length : found) - from + 1;
    return found;
  };
  String.prototype.includes = function (wanted, from = 0) {
    steps += this.length - from;
    return includes.call(this, wanted, from);
  };
  String.prototype.slice = function (from, to) {
    const part = slice.call(this, from, to);
    steps += part.length;
    return part;
  };
  RegExp.prototype.exec = function (searched) {
    const from = this.global ? this.lastIndex : 0;
    const found = exec.call(this, searched);
    steps += 1 + (found === null ? searched.length : found.index + found[0].length) - from;
    return found;
  };
  try {
    DETECTORS[id].inspect(text, '', [], reading);
    return steps;
  } finally {
    Object.assign(String.prototype, { indexOf, includes, slice });
    Object.assign(RegExp.prototype, { exec });
  }
}

/** However long a text is and whatever it holds, no detector takes more steps than this for one of its units. */
const MOST_STEPS = 40;
/** A search in squares would take sixteen times as many steps for four times the text. */
const TIMES = 4;
const MOST_TIMES = 4.5;
const LENGTH = 2048;
const MOST_MS = 300;

describe('on adversarial texts', () => {
  it.each(Object.keys(DETECTORS) as DetectorId[])('%s takes four times the steps for four times the text', (id) => {
    for (const piece of ADVERSARIAL) {
      const some = stepsOf(id, fill(piece, LENGTH));
      const more = stepsOf(id, fill(piece, LENGTH * TIMES));
      expect({ piece, isLinear: more < Math.max(some, LENGTH) * MOST_TIMES }).toEqual({ piece, isLinear: true });
      expect({ piece, steps: more / (LENGTH * TIMES) }).toSatisfy(({ steps }) => steps < MOST_STEPS);
    }
  });

  it.each(Object.keys(DETECTORS) as DetectorId[])('%s finds everything in order', (id) => {
    const pieces = fc.constantFrom(...ADVERSARIAL, ...SAMPLES, ' ', '\n', '-', 'é');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (some) => {
        const offsets = find(id, some.join('')).map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      }),
    );
  });

  // what goes on inside of expressions cannot be counted
  it('holds no expression that goes back', () => {
    expect(ADVERSARIAL.filter((piece) => fastest('private_key', fill(piece, LENGTH * 64)) > MOST_MS)).toEqual([]);
  });
});

/** In one piece of memory, as texts of requests are. */
function fill(piece: string, length: number): string {
  return Buffer.from(piece.repeat(Math.ceil(length / piece.length)).slice(0, length)).toString('latin1');
}

/** Milliseconds, the best of two: other processes only ever slow one down. */
function fastest(id: DetectorId, text: string): number {
  const times = [1, 2].map(() => {
    const start = performance.now();
    find(id, text);
    return performance.now() - start;
  });
  return Math.min(...times);
}
