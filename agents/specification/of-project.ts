/** The specification of a project whose repository is a folder of this machine. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { SpecificationView } from "@/core/specification/view";
import type { StoredProject } from "@/db/projects/projects";
import { withFolder } from "@/lib/insights/source";
import { WorkspaceError } from "@/lib/workspace/path";
import { textsAt, textsInFolder } from "./files";
import { readSpecification, viewOf } from "./read";

const READ_MS = 60_000;

/**
 * Resolves with what `spec/` says at the commit that is checked out, or at the end of the project's branch; before there is a
 * repository, in the folder, where the specification is being written. Null: there is none, or the repository is elsewhere. Throws UserError when the folder cannot be read.
 */
export async function specificationOf(
  dataDir: string,
  { address, branch }: Pick<StoredProject, "address" | "branch">,
): Promise<SpecificationView | null> {
  if (!address.startsWith("/")) return null;
  const options = { branch, dir: join(dataDir, "cache"), signal: AbortSignal.timeout(READ_MS) };
  try {
    const texts = existsSync(join(address, ".git"))
      ? await withFolder(address, options, (source) => textsAt(source, options.signal))
      : await textsInFolder({ root: address, hiddenPaths: [dataDir] });
    return texts.specification === null ? null : viewOf(await readSpecification(texts, "final"));
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}
