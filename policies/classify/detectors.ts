/** Every detector by the name that files use. */
import { card } from './card.ts';
import type { Detector } from './detector.ts';
import { email } from './email.ts';
import { euNationalId } from './eu-national-id.ts';
import { iban } from './iban.ts';
import { jwt } from './jwt.ts';
import { phone } from './phone.ts';
import { privateKey } from './private-key.ts';
import { publicIp } from './public-ip.ts';
import { secretKey } from './secret-key.ts';
import { ssn } from './ssn.ts';

/** The names of the detectors, in order of the alphabet. */
export const DETECTOR_IDS = Object.freeze([
  'card',
  'email',
  'eu_national_id',
  'iban',
  'jwt',
  'phone',
  'private_key',
  'public_ip',
  'secret_key',
  'ssn',
] as const);

/** The name of a detector. */
export type DetectorId = (typeof DETECTOR_IDS)[number];

/** The detectors. */
export const DETECTORS: Readonly<Record<DetectorId, Detector>> = Object.freeze({
  card,
  email,
  eu_national_id: euNationalId,
  iban,
  jwt,
  phone,
  private_key: privateKey,
  public_ip: publicIp,
  secret_key: secretKey,
  ssn,
});

/** True for the name of a detector. */
export function isDetectorId(id: string): id is DetectorId {
  return Object.hasOwn(DETECTORS, id);
}
