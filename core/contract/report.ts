/** What a check of a contract says, as plain data that other programs read. */
import type { ContractChange } from "./changes";
import type { Contract } from "./contract";
import type { ProbeReport } from "./findings";

export interface ContractReport {
  version: 1;
  outcome: "holds" | "broken";
  document: { title: string; version: string; operations: number };
  /** Null: the document was not compared with an older one. */
  against: { title: string; version: string; changes: ContractChange[] } | null;
  /** Null: no service was asked. */
  probe: ProbeReport | null;
}

interface Checked {
  contract: Contract;
  against: { older: Contract; changes: ContractChange[] } | null;
  probe: ProbeReport | null;
}

export function reportOf({ contract, against, probe }: Checked): ContractReport {
  const { title, version, operations } = contract;
  const isBroken = against?.changes.some(({ breaking }) => breaking) || (probe !== null && !holds(probe));
  return {
    version: 1,
    outcome: isBroken ? "broken" : "holds",
    document: { title, version, operations: operations.length },
    against: against && { title: against.older.title, version: against.older.version, changes: against.changes },
    probe,
  };
}

/** A service that accepted no request at all has shown nothing. */
function holds({ findings, operations }: ProbeReport): boolean {
  return findings.length === 0 && operations.some(({ accepted }) => accepted);
}
