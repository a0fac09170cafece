/** What changed from one version of a specification to the next, and what of it breaks clients of the service. Pure. */
import type { ContractChange } from "@/core/contract/changes";
import { compareContracts } from "@/core/contract/compare";
import type { Contract } from "@/core/contract/contract";
import type { Specification } from "./specification";

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

function changed<Entry extends { id: string }>(before: readonly Entry[], after: readonly Entry[]) {
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const now = new Map(after.map((entry) => [entry.id, entry]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const [one, other] = [old.get(id), now.get(id)];
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ id, one, other }];
  });
}
