/** What a promotion changes for clients of its service. */
import { documentAt } from "@/agents/specification/files";
import { compareContracts } from "@/core/contract/compare";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import type { PromotionContract } from "@/core/shapes/environments/promotions";
import { readContract } from "@/lib/contract/read";
import { ApiDocumentError } from "@/lib/openapi/types";
import { WorkspaceError } from "@/lib/workspace/path";

const MOST_NAMED = 20;
const MOST_CHARACTERS = 500;

/** Resolves with what differs between the documents of two commits; null: one of them has none. */
export async function contractBetween(
  gitDir: string,
  { former, commit }: { former: string; commit: string },
  signal: AbortSignal,
): Promise<PromotionContract | null> {
  try {
    const before = await documentAt({ gitDir, commit: former }, signal);
    const now = await documentAt({ gitDir, commit }, signal);
    if (before === null || now === null) return null;
    const changes = compareContracts(await readContract(before), await readContract(now));
    const breaking = changes.flatMap((change) => (change.breaking ? [change.text.slice(0, MOST_CHARACTERS)] : []));
    return { changes: changes.length, breaking: breaking.slice(0, MOST_NAMED), not_compared: null };
  } catch (error) {
    const isOfDocument = error instanceof ApiDocumentError || error instanceof ContractTooLargeError;
    if (!isOfDocument && !(error instanceof WorkspaceError)) throw error;
    return { changes: 0, breaking: [], not_compared: error.message };
  }
}
