/** Runs detectors over all texts of a body at once and counts what they find by detector and field. */
import type { DataReason, Finding } from '../../src/core/data-class.ts';
import type { PlacedText } from './body-text.ts';
import type { Detector } from './detector.ts';
import { pathOf, type Place } from './field-names.ts';
import { Reading } from './reading.ts';
import { countAcross, seamsOf, type Seam } from './seams.ts';

/** More places of one detector than this are counted at the last one. */
const MOST_PLACES = 16;

/**
 * Joins the texts, so that each detector reads once, and tells the findings apart afterwards. No detector matches over a line
 * break. A text that stands twice, as it came and with its escapes undone, counts once. What found nothing looks again at the parts
 * of each message as one.
 */
export function scanTexts(texts: readonly PlacedText[], detectors: readonly Detector[]): readonly DataReason[] {
  const joined = texts.map(({ text }) => text).join('\n');
  const reading = new Reading(joined);
  const findings: Finding[] = [];
  const reasons: DataReason[] = [];
  const without: Detector[] = [];
  for (const detector of detectors) {
    findings.length = 0;
    detector.inspect(joined, '', findings, reading);
    if (findings.length > 0) reasons.push(...countByField(detector.id, findings, texts));
    else without.push(detector);
  }
  const seams = seamsOf(texts).map((seam) => ({ seam, reading: new Reading(seam.text) }));
  return seams.length === 0 ? reasons : [...reasons, ...without.flatMap((detector) => acrossParts(detector, seams))];
}

/** What a detector finds over the bounds of parts: once per message, however its parts are joined. */
function acrossParts(
  detector: Detector,
  seams: readonly { readonly seam: Seam; readonly reading: Reading }[],
): DataReason[] {
  const counts = new Map<Place, number>();
  for (const { seam, reading } of seams) {
    const findings: Finding[] = [];
    detector.inspect(seam.text, '', findings, reading);
    const count = countAcross(findings, seam);
    if (count > (counts.get(seam.place) ?? 0)) counts.set(seam.place, count);
  }
  return [...counts]
    .slice(0, MOST_PLACES)
    .map(([place, count]) => ({ source: 'detector', name: detector.id, field: pathOf(place), count }));
}

function countByField(name: string, findings: readonly Finding[], texts: readonly PlacedText[]): DataReason[] {
  const counts = new Map<string, number>();
  let last = '';
  const perText = countByText(findings, texts);
  for (let i = 0; i < texts.length; i++) {
    // the same value again, with its escapes undone, stands right behind it
    const isTwin = texts[i + 1]?.place === texts[i]!.place;
    const count = isTwin ? Math.max(perText[i]!, perText[i + 1]!) : perText[i]!;
    if (isTwin) i++;
    if (count === 0) continue;
    if (counts.size < MOST_PLACES) last = pathOf(texts[i]!.place);
    counts.set(last, (counts.get(last) ?? 0) + count);
  }
  return [...counts].map(([field, count]) => ({ source: 'detector', name, field, count }));
}

/** How many findings begin in each text; they stand in order. */
function countByText(findings: readonly Finding[], texts: readonly PlacedText[]): Uint32Array {
  const counts = new Uint32Array(texts.length);
  let [text, end] = [0, texts[0]?.text.length ?? 0];
  for (const { offset } of findings) {
    while (offset > end) end += 1 + texts[++text]!.text.length;
    counts[text]!++;
  }
  return counts;
}
