/** How well the weakest fact is known that a decision rested on. */
import { EVIDENCE_GRADES, type Backend, type EvidenceGrade } from '../src/core/backend.ts';
import type { Plan, RequestFacts, StateView } from '../src/core/policy.ts';
import { gradeOf } from './facts.ts';
import type { SovereigntyFilter } from './filters/sovereignty.ts';
import { isActive } from './judgement.ts';
import type { PolicyParts } from './snapshot.ts';

/** The constraints that hold for a request. */
export function activeConstraints(
  { constraints }: PolicyParts,
  facts: RequestFacts,
  state: StateView,
): readonly SovereigntyFilter[] {
  return constraints.filter((filter) => isActive(filter, facts, state));
}

/** Of one backend; null where no constraint that holds looked at a fact that is known of it. @param active the constraints that hold */
export function guaranteeOf(backend: Backend, active: readonly SovereigntyFilter[]): EvidenceGrade | null {
  return weakest(gradesOf(backend, active));
}

/** Of everything that may answer under a plan; null for a refusal, and where no constraint looked at a fact. */
export function guaranteeOfPlan({ attempts }: Plan, active: readonly SovereigntyFilter[]): EvidenceGrade | null {
  return weakest(attempts.flatMap(({ backend }) => gradesOf(backend, active)));
}

function gradesOf(backend: Backend, active: readonly SovereigntyFilter[]): EvidenceGrade[] {
  return active.flatMap(({ requirements }) => requirements.flatMap(({ key }) => gradeOf(backend, key) ?? []));
}

function weakest(grades: readonly EvidenceGrade[]): EvidenceGrade | null {
  return EVIDENCE_GRADES.find((grade) => grades.includes(grade)) ?? null;
}
