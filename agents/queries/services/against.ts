/** What changed for clients between what a target has and a commit. */
import { documentAt } from "@/agents/specification/files";
import { compareContracts } from "@/core/contract/compare";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import type { ContractAgainst } from "@/core/shapes/services/view";
import { readContract } from "@/lib/contract/read";
import { ApiDocumentError } from "@/lib/openapi/types";
import { WorkspaceError } from "@/lib/workspace/path";
import type { OpenSource } from "./repository";

const MOST_NAMED = 50;
const MOST_CHARACTERS = 500;

/** What a target has. */
export interface AtTarget {
  target: string;
  commit: string;
}

/** Resolves with null where one of the commits has no document. */
export async function contractAgainst(
  source: OpenSource,
  { target, commit }: AtTarget,
): Promise<ContractAgainst | null> {
  const about = { target, commit };
  try {
    const before = await documentAt({ gitDir: source.gitDir, commit }, source.signal);
    const now = await documentAt(source, source.signal);
    if (before === null || now === null) return null;
    const changes = compareContracts(await readContract(before), await readContract(now));
    const told = changes
      .slice(0, MOST_NAMED)
      .map(({ breaking, text }) => ({ breaking, text: text.slice(0, MOST_CHARACTERS) }));
    return { ...about, count: changes.length, changes: told, not_compared: null };
  } catch (error) {
    const isOfDocument = error instanceof ApiDocumentError || error instanceof ContractTooLargeError;
    if (!isOfDocument && !(error instanceof WorkspaceError)) throw error;
    return { ...about, count: 0, changes: [], not_compared: error.message };
  }
}
