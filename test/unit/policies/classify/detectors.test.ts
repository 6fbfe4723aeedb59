/** What each detector finds, what it leaves alone, and that no text makes it slow. */
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/data-class.ts';
import { DETECTORS, type DetectorId } from '../../../../policies/classify/detectors.ts';

function find(id: DetectorId, text: string): readonly Finding[] {
  const out: Finding[] = [];
  DETECTORS[id].inspect(text, 'here', out);
  return out;
}

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

const ADVERSARIAL = [
  '1',
  '1 ',
  '11 ',
  '09 ',
  '4111 ',
  '123456782 ',
  'bsn 123456782 ',
  'DE89 ',
  '@',
  'a.b@c.d@',
  `${'x'.repeat(63)}@`,
  '1.1.',
  '+1 ',
  '0',
  'eyJ',
  'eyJaaaaaaaa.',
  '-----BEGIN ',
  '-----BEGIN A B C ',
  'sk-',
  'sk-abcd1234-',
  'a',
  'A1b2C3d4',
  '2222:',
  '12345678Z ',
  '(',
  '4242 4242 4242 4242 ',
  'tel 01 ',
  'secret ',
  '123-45-',
  '\\u0041',
  'aB3+',
];

/** A search in squares would take a minute for this; a linear one takes some milliseconds, on a busy machine some dozens. */
const LENGTH = 262_144;
const MOST_MS = 600;

describe('on adversarial texts', () => {
  it.each(Object.keys(DETECTORS) as DetectorId[])('%s reads each part of a text a bounded number of times', (id) => {
    const slow = ADVERSARIAL.filter((piece) => fastest(id, flat(piece)) > MOST_MS);
    expect(slow).toEqual([]);
  });
});

/** In one piece of memory, as texts of requests are. */
function flat(piece: string): string {
  return Buffer.from(piece.repeat(Math.ceil(LENGTH / piece.length))).toString('latin1');
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
