/** What changed from one version of a specification to the next, and what of it breaks clients of the service. Pure. */
import type { ContractChange } from "@/core/contract/changes";
import { compareContracts } from "@/core/contract/compare";
import type { Contract } from "@/core/contract/contract";
import type { SpecificationFault } from "./fault";
import { isHowWell, type Specification } from "./specification";

export interface Version {
  specification: Specification;
  contract: Contract;
}

interface ChangedRequirement {
  id: string;
  how: "added" | "removed" | "changed";
  /** "" for one that was added. */
  before: string;
  /** "" for one that was removed. */
  after: string;
}

export interface SpecificationChange {
  requirements: ChangedRequirement[];
  /** Criteria that were added, removed or changed, by their ids. */
  criteria: string[];
  /** Differences of the OpenAPI documents, breaking ones first. */
  contract: ContractChange[];
  breaking: number;
}

/** Returns the change. Throws a ContractTooLargeError. */
export function changeOf(before: Version, after: Version): SpecificationChange {
  const contract = compareContracts(before.contract, after.contract);
  const old = before.specification;
  const now = after.specification;
  return {
    requirements: changed(old.requirements, now.requirements).map(({ id, one, other }) => ({
      id,
      how: one === undefined ? "added" : other === undefined ? "removed" : "changed",
      before: one?.text ?? "",
      after: other?.text ?? "",
    })),
    criteria: changed(old.criteria, now.criteria).map(({ id }) => id),
    contract,
    breaking: contract.filter(({ breaking }) => breaking).length,
  };
}

/**
 * Returns what a change lacks. Each requirement that does something else has to be shown by a criterion that was not there
 * before, because an old one may hold without any work.
 */
export function changeFaults(
  before: Specification,
  after: Specification,
  { requirements, criteria, contract }: SpecificationChange,
): SpecificationFault[] {
  if (requirements.length + criteria.length + contract.length === 0) return [{ code: "nothing_changed" }];
  const old = new Set(before.criteria.map(({ id }) => id));
  const shown = new Set(after.criteria.flatMap(({ id, requirement }) => (old.has(id) ? [] : [requirement])));
  return requirements
    .filter(({ id, how }) => how !== "removed" && !isHowWell(id) && !shown.has(id))
    .map(({ id }) => ({ code: "change_not_shown", id }));
}

/** Returns the answers that people gave before, by the ids of questions that are still asked in the same words. */
export function answeredBefore(before: Specification, after: Specification): Record<string, string> {
  const asked = new Map(after.ambiguities.map(({ id, question }) => [id, question]));
  return Object.fromEntries(
    before.ambiguities.flatMap(({ id, question, answer }) =>
      answer !== undefined && asked.get(id) === question ? [[id, answer]] : [],
    ),
  );
}

function changed<Entry extends { id: string }>(before: readonly Entry[], after: readonly Entry[]) {
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const now = new Map(after.map((entry) => [entry.id, entry]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const [one, other] = [old.get(id), now.get(id)];
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ id, one, other }];
  });
}
