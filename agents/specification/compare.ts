/** What changed for clients between the documents of two commits. */
import type { ContractChange } from "@/core/contract/changes";
import { compareContracts } from "@/core/contract/compare";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import { readContract } from "@/lib/contract/read";
import { ApiDocumentError } from "@/lib/openapi/types";
import { WorkspaceError } from "@/lib/workspace/path";
import { documentAt } from "./files";

interface Compared {
  /** Breaking ones first. */
  changes: ContractChange[];
  /** Why the documents could not be compared, as a sentence; null: they were. */
  not_compared: string | null;
}

const MOST_CHARACTERS = 500;

/** Resolves with the changes, their texts cut; null where one of the commits has no document. `gitDir`: a trusted repository. */
export async function documentsBetween(
  gitDir: string,
  { before, now }: { before: string; now: string },
  signal: AbortSignal,
): Promise<Compared | null> {
  try {
    const [older, newer] = [
      await documentAt({ gitDir, commit: before }, signal),
      await documentAt({ gitDir, commit: now }, signal),
    ];
    if (older === null || newer === null) return null;
    const changes = compareContracts(await readContract(older), await readContract(newer));
    const cut = changes.map((change) => ({ ...change, text: change.text.slice(0, MOST_CHARACTERS) }));
    return { changes: cut, not_compared: null };
  } catch (error) {
    const isOfDocument = error instanceof ApiDocumentError || error instanceof ContractTooLargeError;
    if (!isOfDocument && !(error instanceof WorkspaceError)) throw error;
    return { changes: [], not_compared: error.message };
  }
}
